#include "actors/edge/connection.hpp"
#include "codec/message.hpp"
#include "model/wall_clock.hpp"
#include "protocol/replies.hpp"

namespace towncrier::edge {

void connection_state::deliver(const fanout::chunk& x) {
  if (phase != phase::live)
    return note_not_shown(x);
  const auto live = outlet->deliver_live(x);
  if (!live)
    outlet->put_off(x, self->clock().now());
  if (!x.followed().empty() || followed) [[unlikely]]
    note_shown(x, live);
  for (const auto& entry : x.entries()) {
    if (!services->debugging->load(std::memory_order_relaxed))
      break;
    debug(false, std::string{entry.what->as_is(codec::format::json)});
  }
  end_if_too_slow();
}

void connection_state::end_if_too_slow() {
  if (outlet->behind() && services->edge.slow_client == "disconnect")
    close(protocol::close_code::too_slow, "too slow: reconnect and resume");
}

void connection_state::replay(const fanout::chunk& x) {
  if (phase != phase::live)
    return note_not_shown(x);
  outlet->replay(x);
  if (!x.followed().empty()) [[unlikely]]
    note_shown(x, true);
  replaying = true;
  if (socket->queued_bytes() == 0)
    drained();
}

/// One that took what it was given has asked for more already.
void connection_state::look_whether_late() {
  if (phase != phase::live || !std::exchange(replaying, false))
    return;
  outlet->fall_behind();
  self->send(services->hub, protocol::replay_more{slot, true});
  end_if_too_slow();
}

void connection_state::drained() {
  if (phase != phase::live)
    return;
  note_socket_empty();
  outlet->drained(self->clock().now());
  note_given();
  if (std::exchange(replaying, false))
    self->send(services->hub, protocol::replay_more{slot});
  pace_reading();
}

void connection_state::send_answer(const protocol::answer& x) {
  // A look over others' shoulders must not fill a queue without a bound.
  if (phase == phase::live && !(x.type == "debug" && outlet->congested()))
    send(x.type, x.data, x.position);
}

void connection_state::send_failure(const protocol::failure_answer& x) {
  if (phase == phase::closing || !outlet)
    return;
  model::object data{{"code", static_cast<int>(x.code)}, {"message", x.message}};
  if (x.id)
    data.emplace_back("id", protocol::to_value(*x.id));
  if (x.retry_after)
    data.emplace_back("retry_after", *x.retry_after);
  if (x.code == protocol::errc::rate_limit && x.id && in_flight != 0)
    refused_messages.push_back(*x.id);
  services->traffic->errors_sent.add();
  send("error", std::move(data));
  if (x.close)
    close(*x.close, x.message);
}

void connection_state::send_heartbeat(const protocol::heartbeat_due& x) {
  if (phase == phase::live)
    check_life();
  if (phase != phase::live)
    return;
  if (!replaying)
    outlet->advance(x.position);
  model::object data{{"position", outlet->position()}};
  if (x.id)
    data.emplace_back("id", protocol::to_value(*x.id));
  send("heartbeat", std::move(data));
}

void connection_state::send(std::string_view type, model::object data, std::string_view position) {
  if (type != "debug" && services->debugging->load(std::memory_order_relaxed))
    debug(false, codec::encode_message(codec::format::json, type, data, model::wall_clock()));
  outlet->send(type, data, position);
  pace_reading();
}

void connection_state::debug(bool inbound, std::string message) {
  self->send(services->debugger, protocol::debug_record{inbound, id, std::move(message), model::wall_clock()});
}

} // namespace towncrier::edge
