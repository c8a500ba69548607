#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::cluster {

/// Hands every batch to all hubs of this node.
struct exchange_state {
  static inline const char* name = "exchange";

  exchange_state() = default; // not an aggregate: CAF would take it for one to be made from the actor
  model::object describe() const { return {{"hubs", std::uint64_t{hubs.size()}}}; }

  std::vector<protocol::hub_actor> hubs;
};

using exchange_pointer = hosting::pointer<protocol::exchange_actor, exchange_state>;

protocol::exchange_actor::behavior_type exchange(exchange_pointer self);

} // namespace towncrier::cluster
