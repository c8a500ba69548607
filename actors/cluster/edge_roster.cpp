#include "actors/cluster/edge_roster.hpp"

namespace towncrier::cluster {

model::object edge_roster_state::describe() const {
  model::array urls;
  if (const auto known = edges ? edges->get() : nullptr)
    urls.assign(known->begin(), known->end());
  return {{"node", node}, {"other_edges", std::move(urls)}};
}

protocol::view_listener_actor::behavior_type edge_roster(edge_roster_pointer self, std::string node,
                                                         std::shared_ptr<protocol::edge_list> edges) {
  self->state.node = std::move(node);
  self->state.edges = std::move(edges);
  return {
      [self](const protocol::cluster_view& x) {
        auto urls = std::make_shared<std::vector<std::string>>();
        for (const auto& other : x.nodes)
          if (other.id != self->state.node && !other.edge.empty() && other.active_until == 0)
            urls->push_back(other.edge);
        self->state.edges->set(std::move(urls));
      },
  };
}

} // namespace towncrier::cluster
