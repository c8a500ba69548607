#include "actors/edge/routing.hpp"

#include <caf/send.hpp>

#include <utility>

namespace towncrier::edge {

namespace {

using message_name = std::optional<model::message_id>;

/// On the way: one set of messages of one client.
class routing {
public:
  routing(const routes& to, const protocol::inbound& from) : to_(to), from_(from.origin) {}

  void act(message_name, model::auth_request&) {
    // The connection acts on this one itself.
  }

  void act(message_name id, model::subscribe_request& x) {
    caf::anon_send(from_.hub, protocol::subscribe_order{from_.from, std::move(id), std::move(x)});
  }

  void act(message_name id, model::unsubscribe_request& x) {
    caf::anon_send(from_.hub, protocol::unsubscribe_order{from_.from, std::move(id), std::move(x)});
  }

  void act(message_name id, model::resume_request& x) {
    caf::anon_send(from_.hub, protocol::resume_order{from_.from, std::move(id), std::move(x.position)});
  }

  void act(message_name id, model::heartbeat_request&) {
    caf::anon_send(from_.hub, protocol::heartbeat_order{from_.from, std::move(id)});
  }

  void act(message_name, model::publish_request& x) {
    for (auto& item : x.items) {
      if (auto* input = std::get_if<model::character_input>(&item))
        characters_.inputs.push_back(std::move(*input));
      else
        events_.inputs.push_back(std::move(std::get<model::event_input>(item)));
    }
  }

  void act(message_name id, model::command_request& x) {
    protocol::command_order order{from_, std::move(id), std::move(x.name), std::move(x.args)};
    if (order.name == "debug")
      caf::anon_send(to_.debugger, std::move(order));
    else if (order.name == "metrics")
      caf::anon_send(to_.monitor, std::move(order));
    else if (to_.world)
      caf::anon_send(to_.world, std::move(order));
    else
      caf::anon_send(from_.from.viewer,
                     protocol::failure_answer{protocol::errc::invalid_message,
                                              "command '" + order.name +
                                                  "' is not known here: there is no built-in town; known: debug, "
                                                  "metrics",
                                              order.id, std::nullopt, std::nullopt});
  }

  /// Sends what was gathered. Each job holds the receipt.
  void finish(const protocol::receipt_ptr& receipt) {
    if (!characters_.inputs.empty())
      caf::anon_send(to_.characters, protocol::character_job{std::move(characters_.inputs), receipt});
    if (!events_.inputs.empty())
      caf::anon_send(to_.events, protocol::event_job{std::move(events_.inputs), receipt});
  }

private:
  const routes& to_;
  const protocol::inbound_origin& from_;
  protocol::character_job characters_;
  protocol::event_job events_;
};

} // namespace

void route(const routes& to, protocol::inbound&& x) {
  const auto receipt = std::move(x.receipt);
  routing under_way{to, x};
  for (auto& message : x.messages)
    std::visit([&](auto& body) { under_way.act(std::move(message.id), body); }, message.body);
  under_way.finish(receipt);
}

} // namespace towncrier::edge
