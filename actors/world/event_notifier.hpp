#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::world {

/// Gives events their time, where their publisher gave none, and sends them on.
struct event_notifier_state {
  static inline const char* name = "event_notifier";

  event_notifier_state() = default; // not an aggregate: CAF would take it for one to be made from the actor
  model::object describe() const { return {{"events", events}, {"last_type", last_type}, {"last_at", last_at}}; }

  protocol::batcher_actor batcher;
  std::uint64_t events = 0;
  std::string last_type;
  double last_at = 0; ///< seconds since the Unix epoch, as the event says
};

using event_notifier_pointer = hosting::pointer<protocol::event_notifier_actor, event_notifier_state>;

protocol::event_notifier_actor::behavior_type event_notifier(event_notifier_pointer self,
                                                             protocol::batcher_actor batcher);

} // namespace towncrier::world
