#include "nodes/admin/cluster_page.hpp"

#include "actors/cluster/link_view.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>

namespace towncrier::node {

namespace {

constexpr std::chrono::seconds patience{2};
/// What `own` says of the node called `id`, or nothing.
model::object found_in(const model::value& own, const std::string& id) {
  const auto* nodes = own.find("nodes");
  const auto* rows = nodes ? nodes->get_if<model::array>() : nullptr;
  if (rows != nullptr)
    for (const auto& x : *rows)
      if (const auto* found = x.find("id"); found != nullptr && *found == model::value{id})
        return *x.get_if<model::object>();
  return {{"id", id}};
}

} // namespace

model::value with_cluster(caf::actor_system& system, const cluster_targets& targets, model::value own) {
  if (!targets.membership)
    return own;
  protocol::cluster_view view;
  protocol::link_list links;
  caf::scoped_actor self{system};
  self->request(targets.membership, patience, protocol::list_atom::value)
      .receive([&](protocol::cluster_view& x) { view = std::move(x); }, [](const caf::error&) {});
  self->request(targets.exchange, patience, protocol::list_atom::value)
      .receive([&](protocol::link_list& x) { links = std::move(x); }, [](const caf::error&) {});
  model::array nodes;
  for (const auto& x : view.nodes) {
    auto one = found_in(own, x.id);
    model::array roles{x.roles.begin(), x.roles.end()};
    one.insert(one.end(), {{"incarnation", x.incarnation},
                           {"roles", std::move(roles)},
                           {"link", x.link},
                           {"edge", x.edge},
                           {"admin", x.admin},
                           {"state", x.active_until != 0 ? "leaving" : "up"}});
    nodes.emplace_back(std::move(one));
  }
  model::array rows;
  for (const auto& x : links.links)
    rows.emplace_back(cluster::view(x));
  model::array warnings;
  for (auto& sentence : targets.ready->sentences())
    warnings.emplace_back(std::move(sentence));
  return model::object{{"nodes", std::move(nodes)},      {"links", std::move(rows)},
                       {"revision", view.revision},      {"etcd", view.store_reachable},
                       {"ready", targets.ready->load()}, {"warnings", std::move(warnings)}};
}

} // namespace towncrier::node
