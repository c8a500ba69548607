#pragma once

#include "protocol/interfaces.hpp"

namespace towncrier::edge {

/// The actors that act on what clients say, beside the client's own hub.
struct routes {
  protocol::character_directory_actor characters;
  protocol::event_notifier_actor events;
  /// Empty where there is no built-in town.
  protocol::world_actor world;
  protocol::debugger_actor debugger;
  protocol::connection_monitor_actor monitor;
};

/// Hands the messages of a client to the actors that act on them, in their order. Called by whoever has admitted them:
/// the rate limiter, or the connection itself where its client's role has no limit. What is published by neighbouring
/// messages is gathered into one job for each actor, which goes out last; no order is promised between actors.
void route(const routes& to, protocol::inbound&& x);

} // namespace towncrier::edge
