#include "actors/edge/connection.hpp"
#include "codec/command.hpp"
#include "codec/frame.hpp"
#include "protocol/replies.hpp"

namespace towncrier::edge {

namespace {

/// Messages that may wait for the welcome of a client; a client that sends more is not read meanwhile.
constexpr std::size_t max_early = 64;

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

bool publishes(const model::client_message& x) { return std::holds_alternative<model::publish_request>(x.body); }

/// A message as an operator may see it: tokens are nobody's but their owner's.
std::string shown(const protocol::socket_message& x) {
  if (x.binary)
    return "(" + std::to_string(x.bytes.size()) + " bytes of MessagePack)";
  return x.bytes.find("\"auth\"") == std::string::npos ? x.bytes : "(auth)";
}

/// The index of a message's type in protocol::inbound_types.
std::size_t type_index(const model::client_message& x) { return x.body.index(); }
constexpr std::size_t invalid_index = protocol::inbound_types.size() - 1;

} // namespace

void connection_state::received(protocol::socket_received& x) {
  auto& traffic = *services->traffic;
  traffic.messages_received.add(x.messages.size());
  for (const auto& message : x.messages)
    traffic.bytes_received.add(message.bytes.size());
  if (phase == phase::live)
    return handle(x.messages);
  if (phase == phase::closing)
    return;
  std::move(x.messages.begin(), x.messages.end(), std::back_inserter(early));
  while (phase == phase::authenticating && auth_deadline != flow::time_point{} && !early.empty()) {
    auto first = decode(early.front());
    early.erase(early.begin());
    if (first)
      authenticate(*first);
  }
  pace_reading();
}

void connection_state::handle(std::vector<protocol::socket_message>& messages) {
  std::vector<model::client_message> admissible;
  for (auto& message : messages) {
    if (phase == phase::closing)
      return;
    if (echoes) {
      echo(message);
      continue;
    }
    auto decoded = decode(message);
    if (!decoded || !may(*decoded))
      continue;
    if (std::holds_alternative<model::auth_request>(decoded->body))
      authenticate(*decoded);
    else
      admissible.push_back(std::move(*decoded));
  }
  if (!admissible.empty())
    pass_on(std::move(admissible));
}

void connection_state::echo(const protocol::socket_message& x) {
  const auto frame =
      fanout::frame_message({x.binary ? codec::format::msgpack : codec::format::json, window_bits}, x.bytes);
  services->traffic->messages_sent.add();
  services->traffic->bytes_sent.add(frame->size());
  socket->send({&frame, 1});
  pace_reading();
}

void connection_state::authenticate(model::client_message& x) {
  auto* request_body = std::get_if<model::auth_request>(&x.body);
  if (request_body == nullptr) {
    refuse(protocol::errc::auth_failed, "not authenticated yet: send auth first", x.id);
    return close(protocol::close_code::policy, "not authenticated");
  }
  if (services->auth_enabled)
    verify(std::move(request_body->token), std::move(x.id));
  else if (x.id)
    answer_ok(*x.id);
}

std::optional<model::client_message> connection_state::decode(const protocol::socket_message& x) {
  auto& types = services->traffic->received_by_type;
  if (services->debugging->load(std::memory_order_relaxed))
    debug(true, shown(x));
  if (x.binary != (format == codec::format::msgpack)) {
    types[invalid_index].add();
    refuse(protocol::errc::invalid_message, x.binary ? "this connection speaks JSON: send text frames"
                                                     : "this connection speaks MessagePack: send binary frames");
    return std::nullopt;
  }
  auto result = codec::parse_command(format, x.bytes, services->edge.max_depth);
  if (auto* wrong = std::get_if<codec::command_error>(&result)) {
    types[invalid_index].add();
    refuse(protocol::errc::invalid_message, std::move(wrong->message), std::move(wrong->id));
    return std::nullopt;
  }
  auto& message = std::get<model::client_message>(result);
  types[type_index(message)].add();
  return std::move(message);
}

bool connection_state::may(const model::client_message& x) {
  using protocol::role;
  const auto needed = publishes(x)                                             ? role::publisher
                      : std::holds_alternative<model::command_request>(x.body) ? role::operator_
                                                                               : role::viewer;
  if (who.role >= needed)
    return true;
  refuse(protocol::errc::auth_failed,
         "a " + std::string{protocol::to_string(who.role)} + " may not do this: it takes the role " +
             std::string{protocol::to_string(needed)},
         x.id);
  return false;
}

void connection_state::pass_on(std::vector<model::client_message> messages) {
  if (tracing::is_on(services->traces)) [[unlikely]]
    follow(messages);
  protocol::delivered receipt_data;
  for (auto& message : messages) {
    auto* request_body = std::get_if<model::publish_request>(&message.body);
    if (request_body == nullptr)
      continue;
    receipt_data.weight += message.weight;
    if (message.id)
      receipt_data.ids.push_back(*message.id);
    for (auto& sentence : request_body->refused)
      refuse(protocol::errc::invalid_message, std::move(sentence), message.id);
  }
  protocol::receipt_ptr back;
  if (receipt_data.weight != 0) {
    in_flight += receipt_data.weight;
    back = std::make_shared<receipt>(self, std::move(receipt_data));
  }
  self->send(services->rate_limiter,
             protocol::inbound{{id, reference(), services->hub}, who, std::move(messages), std::move(back)});
  pace_reading();
}

void connection_state::delivered(const protocol::delivered& x) {
  in_flight -= x.weight;
  if (phase == phase::live)
    for (const auto& message_id : x.ids)
      if (std::erase(refused_messages, message_id) == 0)
        answer_ok(message_id);
  if (in_flight == 0)
    refused_messages.clear();
  pace_reading();
}

void connection_state::refuse(protocol::errc code, std::string message, std::optional<model::message_id> message_id) {
  if (phase == phase::closing)
    return;
  send_failure({code, std::move(message), std::move(message_id), std::nullopt, std::nullopt});
  if (!faults)
    faults = std::make_unique<flow::sliding_window>(
        flow::sliding_window::options{services->edge.max_errors, std::chrono::minutes{1}});
  if (faults->admit(self->clock().now(), 1))
    close(protocol::close_code::policy, "too many bad messages");
}

void connection_state::answer_ok(const model::message_id& message_id) {
  send("result", {{"id", protocol::to_value(message_id)}, {"ok", true}});
}

void connection_state::pace_reading() {
  const auto& edge = services->edge;
  const auto full = in_flight >= edge.max_in_flight || early.size() > max_early ||
                    outlet->unread_answers() > edge.max_queued_bytes ||
                    (echoes && socket->queued_bytes() > edge.max_queued_bytes);
  if (full == !reading || phase == phase::closing)
    return;
  reading = !full;
  if (reading)
    socket->resume_reading();
  else
    socket->pause_reading();
}

} // namespace towncrier::edge
