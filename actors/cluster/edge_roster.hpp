#pragma once

#include "hosting/actor.hpp"
#include "protocol/edge_list.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::cluster {

struct edge_roster_state {
  static inline const char* name = "edge_roster";

  edge_roster_state() = default; // not an aggregate: CAF would take it for one to be made from the actor
  model::object describe() const;

  std::string node;
  std::shared_ptr<protocol::edge_list> edges;
};

using edge_roster_pointer = hosting::pointer<protocol::view_listener_actor, edge_roster_state>;

/// Keeps `edges`, the other edges that clients are told of, as the view has them.
protocol::view_listener_actor::behavior_type edge_roster(edge_roster_pointer self, std::string node,
                                                         std::shared_ptr<protocol::edge_list> edges);

} // namespace towncrier::cluster
