#include "actors/edge/dispatcher.hpp"

#include "actors/edge/followed_inputs.hpp"

namespace towncrier::edge {

dispatcher_state::dispatcher_state(self_pointer ptr) : self(ptr) {}

void dispatcher_state::dispatch(protocol::inbound& x) {
  note_inputs(x.messages, {"dispatched"});
  for (auto& message : x.messages)
    std::visit([&](auto& body) { act(x, std::move(message.id), body); }, message.body);
  flush(x.receipt);
}

void dispatcher_state::act(const protocol::inbound&, message_name, model::auth_request&) {
  // The connection acts on this one itself.
}

void dispatcher_state::act(const protocol::inbound& from, message_name id, model::subscribe_request& x) {
  ++to_hubs;
  self->send(from.origin.hub, protocol::subscribe_order{from.origin.from, std::move(id), std::move(x)});
}

void dispatcher_state::act(const protocol::inbound& from, message_name id, model::unsubscribe_request& x) {
  ++to_hubs;
  self->send(from.origin.hub, protocol::unsubscribe_order{from.origin.from, std::move(id), std::move(x)});
}

void dispatcher_state::act(const protocol::inbound& from, message_name id, model::resume_request& x) {
  ++to_hubs;
  self->send(from.origin.hub, protocol::resume_order{from.origin.from, std::move(id), std::move(x.position)});
}

void dispatcher_state::act(const protocol::inbound& from, message_name id, model::heartbeat_request&) {
  ++to_hubs;
  self->send(from.origin.hub, protocol::heartbeat_order{from.origin.from, std::move(id)});
}

void dispatcher_state::act(const protocol::inbound&, message_name, model::publish_request& x) {
  for (auto& item : x.items) {
    if (auto* input = std::get_if<model::character_input>(&item)) {
      ++changes;
      characters.inputs.push_back(std::move(*input));
    } else {
      ++event_count;
      events.inputs.push_back(std::move(std::get<model::event_input>(item)));
    }
  }
}

void dispatcher_state::act(const protocol::inbound& from, message_name id, model::command_request& x) {
  ++commands;
  protocol::command_order order{from.origin, std::move(id), std::move(x.name), std::move(x.args)};
  if (order.name == "debug")
    self->send(targets.debugger, std::move(order));
  else if (order.name == "metrics")
    self->send(targets.monitor, std::move(order));
  else if (targets.world)
    self->send(targets.world, std::move(order));
  else
    self->send(order.origin.from.viewer,
               protocol::failure_answer{protocol::errc::invalid_message,
                                        "command '" + order.name +
                                            "' is not known here: there is no built-in town; known: debug, metrics",
                                        order.id, std::nullopt, std::nullopt});
}

void dispatcher_state::flush(const protocol::receipt_ptr& receipt) {
  if (!characters.inputs.empty())
    self->send(targets.characters, protocol::character_job{std::exchange(characters.inputs, {}), receipt});
  if (!events.inputs.empty())
    self->send(targets.events, protocol::event_job{std::exchange(events.inputs, {}), receipt});
}

model::object dispatcher_state::describe() const {
  return {{"to_hubs", to_hubs},
          {"character_changes", changes},
          {"events", event_count},
          {"commands", commands},
          {"has_town", static_cast<bool>(targets.world)}};
}

protocol::dispatcher_actor::behavior_type dispatcher(dispatcher_state::self_pointer self, dispatch_targets targets) {
  self->state.targets = std::move(targets);
  return {
      [self](protocol::inbound& x) { self->state.dispatch(x); },
  };
}

} // namespace towncrier::edge
