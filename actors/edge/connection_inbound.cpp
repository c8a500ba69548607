#include "actors/edge/connection.hpp"
#include "actors/edge/followed_inputs.hpp"
#include "actors/edge/rate_limit.hpp"
#include "actors/edge/shown_message.hpp"
#include "protocol/replies.hpp"

namespace towncrier::edge {

namespace {

/// Comes back to the connection when the last copy is gone: then every hub has what was published.
class receipt {
public:
  receipt(protocol::connection_actor who, protocol::delivered what) : who_(std::move(who)), what_(std::move(what)) {}
  ~receipt() { caf::anon_send(who_, std::move(what_)); }

  receipt(const receipt&) = delete;
  receipt& operator=(const receipt&) = delete;

private:
  protocol::connection_actor who_;
  protocol::delivered what_;
};

} // namespace

void connection_state::received(protocol::socket_received& x) {
  reader_->count(x.messages);
  if (phase_ == phase::live)
    return handle(std::move(x.messages));
  if (phase_ == phase::closing)
    return;
  reader_->keep(std::move(x.messages));
  while (phase_ == phase::authenticating && arrival_->auth_deadline) {
    const auto first = reader_->take_first_kept();
    if (!first)
      break;
    if (auto message = decode(*first))
      authenticate(*message);
  }
  pace_reading();
}

void connection_state::handle(std::vector<protocol::socket_message> messages) {
  std::vector<model::client_message> admissible;
  for (const auto& message : messages) {
    if (phase_ == phase::closing)
      return;
    if (echoes_) {
      echo(message);
      continue;
    }
    auto decoded = decode(message);
    if (!decoded)
      continue;
    if (auto fault = reader::forbids(who_.role, *decoded)) {
      services_->traffic->count(protocol::auth_failure::role);
      refuse(std::move(*fault));
    } else if (std::holds_alternative<model::auth_request>(decoded->body))
      authenticate(*decoded);
    else
      admissible.push_back(std::move(*decoded));
  }
  if (!admissible.empty())
    pass_on(std::move(admissible));
}

void connection_state::echo(const protocol::socket_message& x) {
  const auto frame =
      fanout::frame_message({x.binary ? codec::format::msgpack : codec::format::json, window_bits_}, x.bytes);
  services_->traffic->messages_sent.add();
  services_->traffic->bytes_sent.add(frame->size());
  socket_->send({&frame, 1});
  pace_reading();
}

/// The message, or nothing: then the client was told what is wrong with it.
std::optional<model::client_message> connection_state::decode(const protocol::socket_message& x) {
  if (services_->debugging->load(std::memory_order_relaxed))
    debug(true,
          shown_message(x.binary ? codec::format::msgpack : codec::format::json, x.bytes, services_->edge.max_depth));
  auto result = reader_->decode(x);
  if (auto* message = std::get_if<model::client_message>(&result))
    return std::move(*message);
  refuse(std::move(std::get<reader::fault>(result)));
  return std::nullopt;
}

void connection_state::authenticate(model::client_message& x) {
  auto* request = std::get_if<model::auth_request>(&x.body);
  if (request == nullptr) {
    services_->traffic->count(protocol::auth_failure::no_token);
    refuse({protocol::errc::auth_failed, "not authenticated yet: send auth first", x.id});
    return close(protocol::close_code::policy, "not authenticated");
  }
  if (services_->auth_enabled)
    verify(std::move(request->token), std::move(x.id));
  else if (x.id)
    send("result", protocol::done_data(*x.id));
}

void connection_state::pass_on(std::vector<model::client_message> messages) {
  if (tracing::is_on(services_->traces)) [[unlikely]]
    begin_following(messages, *services_->traces, protocol::to_string(id_));
  for (auto& message : messages)
    if (auto* published = std::get_if<model::publish_request>(&message.body))
      note_refused(message.id, *published);
  protocol::receipt_ptr back;
  if (auto published = in_flight_.add(messages); published.weight != 0)
    back = std::make_shared<receipt>(self_, std::move(published));
  protocol::inbound passing{{id_, reference(), services_->hub}, who_, std::move(messages), std::move(back)};
  by_rate_limiter_ = by_rate_limiter_ || messages_allowed(who_.role, services_->limits) != 0;
  if (by_rate_limiter_) {
    self_->send(services_->rate_limiter, std::move(passing));
  } else {
    note_inputs(passing.messages, {"admitted"});
    route(services_->routes, std::move(passing));
  }
  pace_reading();
}

/// Parts of a batch are wrong: one with an `id` is answered once, when the rest has been delivered.
void connection_state::note_refused(const std::optional<model::message_id>& id, model::publish_request& x) {
  if (x.refused.empty())
    return;
  if (id)
    return in_flight_.add_faults(*id, x.items.size(), std::move(x.refused));
  for (auto& sentence : x.refused)
    refuse({protocol::errc::invalid_message, std::move(sentence), std::nullopt});
}

/// Every hub has what was published.
void connection_state::settle(const model::message_id& id) {
  auto faults = in_flight_.take_faults(id);
  if (!faults)
    return send("result", protocol::done_data(id));
  faults->insert(faults->begin(), {"code", static_cast<int>(protocol::errc::invalid_message)});
  faults->emplace_back("id", protocol::to_value(id));
  services_->traffic->count(protocol::errc::invalid_message);
  send("error", std::move(*faults));
  count_fault();
}

void connection_state::delivered(const protocol::delivered& x) {
  const auto done = in_flight_.finish(x);
  if (phase_ == phase::live)
    for (const auto& id : done)
      settle(id);
  pace_reading();
}

void connection_state::refuse(reader::fault x) {
  if (phase_ == phase::closing)
    return;
  send_failure({x.code, std::move(x.sentence), std::move(x.id), std::nullopt, std::nullopt});
  count_fault();
}

void connection_state::count_fault() {
  if (reader_->too_many_faults(self_->clock().now()))
    close(protocol::close_code::policy, "too many bad messages");
}

void connection_state::pace_reading() {
  if (phase_ == phase::closing)
    return;
  // Whoever asked for an echo is given nothing else: all that waits for its socket are answers.
  const auto unread = echoes_ ? socket_->queued_bytes() : outlet_->unread_answers();
  reader_->pace({in_flight_.count(), unread});
}

} // namespace towncrier::edge
