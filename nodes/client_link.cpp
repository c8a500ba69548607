#include "nodes/client_link.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace towncrier::node {

namespace {

constexpr std::string_view json_protocol = "towncrier.v1.json";
constexpr std::string_view msgpack_protocol = "towncrier.v1.msgpack";
constexpr std::string_view bearer_protocol = "bearer.";
constexpr std::string_view bearer_scheme = "bearer ";

std::string_view trimmed(std::string_view x) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!x.empty() && blank(x.front()))
    x.remove_prefix(1);
  while (!x.empty() && blank(x.back()))
    x.remove_suffix(1);
  return x;
}

/// The sub-protocols that a client offers, over all its headers.
std::vector<std::string_view> offered_protocols(const ws::http_request& request) {
  std::vector<std::string_view> result;
  for (std::string_view left = request.header("Sec-WebSocket-Protocol"); !left.empty();) {
    const auto end = std::min(left.find(','), left.size());
    result.push_back(trimmed(left.substr(0, end)));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return result;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_prefix) {
  return text.size() >= lower_prefix.size() &&
         std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(),
                    [](char x, char y) { return x == (y >= 'A' && y <= 'Z' ? y - 'A' + 'a' : y); });
}

std::string read_token(const ws::http_request& request) {
  const auto authorization = request.header("Authorization");
  if (starts_with_ignoring_case(authorization, bearer_scheme))
    return std::string{trimmed(authorization.substr(bearer_scheme.size()))};
  for (const auto offered : offered_protocols(request))
    if (offered.starts_with(bearer_protocol))
      return std::string{offered.substr(bearer_protocol.size())};
  return {};
}

} // namespace

protocol::upgrade_request read_upgrade(const ws::http_request& request) {
  protocol::upgrade_request result;
  result.peer = request.peer;
  result.via = request.via;
  result.path = request.path;
  result.position = request.param("position");
  for (const auto channel : request.params("subscribe"))
    result.channels.emplace_back(channel);
  result.token = read_token(request);
  if (choose_subprotocol(request) == msgpack_protocol)
    result.format = codec::format::msgpack;
  return result;
}

std::string choose_subprotocol(const ws::http_request& request) {
  const auto offered = offered_protocols(request);
  const auto known =
      std::find_if(offered.begin(), offered.end(), [](auto x) { return x == json_protocol || x == msgpack_protocol; });
  if (known != offered.end())
    return std::string{*known};
  // A browser that offers its token alone gives up when it is offered nothing back.
  const auto bearer =
      std::find_if(offered.begin(), offered.end(), [](auto x) { return x.starts_with(bearer_protocol); });
  return bearer == offered.end() ? std::string{} : std::string{*bearer};
}

client_link::client_link(std::shared_ptr<ws::session> session, protocol::traffic_ptr traffic)
    : session_(std::move(session)), traffic_(std::move(traffic)),
      subprotocol_(choose_subprotocol(session_->request())) {}

client_link::~client_link() { traffic_->queued_bytes.subtract(counted_); }

void client_link::connect(std::shared_ptr<client_link> self, protocol::connection_actor who) {
  self_ = self;
  who_ = std::move(who);
}

void client_link::accept() { session_->accept(self_.lock(), subprotocol_); }

void client_link::refuse(std::string_view sentence, std::chrono::seconds retry_after) {
  session_->refuse(503, sentence, retry_after);
  who_ = nullptr;
}

void client_link::send(std::span<const codec::frame_ptr> frames) {
  session_->send(frames);
  count_queue();
}

void client_link::name_memory(std::vector<std::span<const std::byte>>& to) const {
  to.push_back(std::as_bytes(std::span{&session_, 1}));
  to.push_back(std::as_bytes(std::span{&counted_, 1}));
  session_->name_memory(to);
}

void client_link::close(protocol::close_code code, std::string_view reason) {
  session_->close(static_cast<std::uint16_t>(code), reason);
}

void client_link::on_open(int deflate_window_bits) {
  caf::anon_send(who_, protocol::socket_opened{deflate_window_bits});
}

void client_link::on_messages(std::vector<ws::message>&& messages) {
  protocol::socket_received received;
  received.messages.reserve(messages.size());
  for (auto& message : messages)
    received.messages.push_back({message.binary, std::move(message.bytes)});
  caf::anon_send(who_, std::move(received));
}

void client_link::on_drained() {
  count_queue();
  caf::anon_send(who_, protocol::drained_atom::value);
}

void client_link::on_closed(std::uint16_t code, std::string reason) {
  count_queue();
  // The actor holds this link and this link the actor: let go.
  caf::anon_send(std::exchange(who_, nullptr), protocol::socket_closed{code, std::move(reason)});
}

void client_link::count_queue() {
  const auto waiting = session_->queued_bytes();
  if (waiting == counted_)
    return;
  traffic_->queued_bytes.add(waiting - counted_); // wraps around when it became less
  counted_ = waiting;
}

} // namespace towncrier::node
