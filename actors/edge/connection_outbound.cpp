#include "actors/edge/connection.hpp"
#include "codec/message.hpp"
#include "model/wall_clock.hpp"
#include "protocol/replies.hpp"

namespace towncrier::edge {

namespace {

model::object error_data(const protocol::failure_answer& x) {
  model::object result{{"code", static_cast<int>(x.code)}, {"message", x.message}};
  if (x.id)
    result.emplace_back("id", protocol::to_value(*x.id));
  if (x.retry_after)
    result.emplace_back("retry_after", *x.retry_after);
  return result;
}

} // namespace

void connection_state::deliver(const fanout::chunk& x) {
  if (phase_ != phase::live)
    return followed_outbound::not_shown(x, not_live_reason());
  const auto live = outlet_->deliver_live(x);
  if (!live)
    outlet_->put_off(x, self_->clock().now());
  if (!x.followed().empty() || !followed_.empty()) [[unlikely]]
    followed_.shown(x, live, *outlet_);
  for (const auto& entry : x.entries()) {
    if (!services_->debugging->load(std::memory_order_relaxed))
      break;
    debug(false, std::string{entry.what->as_is(codec::format::json)});
  }
  end_if_too_slow();
}

// The clock is read once a delivery: where one ends, the next begins.
std::uint64_t connection_state::deliver_counted(const fanout::chunk& x, std::uint64_t since) {
  // To whoever follows messages, a hub's call is a turn of the connection.
  std::optional<hosting::traced_turn> turn;
  if (!x.followed().empty() || !followed_.empty()) [[unlikely]]
    turn.emplace(self_->watch());
  deliver(x);
  if (!hosting::counting_enabled.load(std::memory_order_relaxed))
    return since;
  const auto now = hosting::ticks();
  self_->watch().called(since, now);
  return now;
}

void connection_state::name_memory(std::vector<std::span<const std::byte>>& to) const {
  to.push_back(std::as_bytes(std::span{&self_->mailbox(), 1}).first(64));
  to.push_back(std::as_bytes(std::span{static_cast<const chunk_sink*>(this), 1}));
  to.push_back(std::as_bytes(std::span{&outlet_, 1}));
  to.push_back(std::as_bytes(std::span{&phase_, 1}));
  self_->watch().name_memory(to);
  if (socket_)
    socket_->name_memory(to);
}

void connection_state::end_if_too_slow() {
  if (outlet_->behind() && services_->edge.slow_client == "disconnect")
    close(protocol::close_code::too_slow, "too slow: reconnect and resume");
}

void connection_state::replay(const fanout::chunk& x) {
  if (phase_ != phase::live)
    return followed_outbound::not_shown(x, not_live_reason());
  outlet_->replay(x);
  if (!x.followed().empty()) [[unlikely]]
    followed_.shown(x, true, *outlet_);
  replaying_ = true;
  if (outlet_->all_written())
    drained();
}

/// One that took what it was given has asked for more already.
void connection_state::look_whether_late() {
  if (phase_ != phase::live || !std::exchange(replaying_, false))
    return;
  outlet_->fall_behind();
  self_->send(services_->hub, protocol::replay_more{slot_, true});
  end_if_too_slow();
}

void connection_state::drained() {
  if (phase_ != phase::live)
    return;
  followed_.socket_took_all();
  outlet_->drained(self_->clock().now());
  followed_.gave_more(*outlet_);
  if (std::exchange(replaying_, false))
    self_->send(services_->hub, protocol::replay_more{slot_});
  pace_reading();
}

void connection_state::send_answer(const protocol::answer& x) {
  // What operators see of others' messages must not fill a queue without a bound.
  if (phase_ == phase::live && !(x.type == "debug" && outlet_->congested()))
    send(x.type, x.data, x.position);
}

void connection_state::send_failure(const protocol::failure_answer& x) {
  if (phase_ == phase::closing)
    return;
  if (x.code == protocol::errc::rate_limit && x.id)
    in_flight_.refuse(*x.id);
  services_->traffic->count(x.code);
  send("error", error_data(x));
  if (x.close)
    close(*x.close, x.message);
}

void connection_state::send_heartbeat(const protocol::heartbeat_due& x) {
  if (phase_ == phase::live)
    check_life();
  if (phase_ != phase::live)
    return;
  if (!replaying_)
    outlet_->advance(x.position);
  model::object data{{"position", outlet_->position()}};
  if (x.id)
    data.emplace_back("id", protocol::to_value(*x.id));
  send("heartbeat", std::move(data));
}

void connection_state::send(std::string_view type, model::object data, std::string_view position) {
  if (type != "debug" && services_->debugging->load(std::memory_order_relaxed))
    debug(false, codec::encode_message(codec::format::json, type, data, model::wall_clock()));
  outlet_->send(type, data, position);
  pace_reading();
}

void connection_state::debug(bool inbound, std::string message) {
  self_->send(services_->debugger, protocol::debug_record{inbound, id_, std::move(message), model::wall_clock()});
}

} // namespace towncrier::edge
