#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::edge {

/// The actors that act on what clients say.
struct dispatch_targets {
  protocol::character_directory_actor characters;
  protocol::event_notifier_actor events;
  /// Empty where there is no built-in town.
  protocol::world_actor world;
  protocol::debugger_actor debugger;
  protocol::connection_monitor_actor monitor;
};

/// Hands each admitted message to the actor that acts on it.
struct dispatcher_state {
  static inline const char* name = "dispatcher";
  using self_pointer = hosting::pointer<protocol::dispatcher_actor, dispatcher_state>;

  explicit dispatcher_state(self_pointer self);

  void dispatch(protocol::inbound& x);

  using message_name = std::optional<model::message_id>;
  void act(const protocol::inbound& from, message_name id, model::auth_request& x);
  void act(const protocol::inbound& from, message_name id, model::subscribe_request& x);
  void act(const protocol::inbound& from, message_name id, model::unsubscribe_request& x);
  void act(const protocol::inbound& from, message_name id, model::resume_request& x);
  void act(const protocol::inbound& from, message_name id, model::heartbeat_request& x);
  void act(const protocol::inbound& from, message_name id, model::publish_request& x);
  void act(const protocol::inbound& from, message_name id, model::command_request& x);
  void flush(const protocol::receipt_ptr& receipt);

  model::object describe() const;

  self_pointer self;
  dispatch_targets targets;
  /// What came, by what it was about.
  std::uint64_t to_hubs = 0;
  std::uint64_t changes = 0;
  std::uint64_t event_count = 0;
  std::uint64_t commands = 0;
  /// Gathered from neighbouring messages: one message an actor, not one a change.
  protocol::character_job characters;
  protocol::event_job events;
};

protocol::dispatcher_actor::behavior_type dispatcher(dispatcher_state::self_pointer self, dispatch_targets targets);

} // namespace towncrier::edge
