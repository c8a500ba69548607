#include "nodes/commands/node_client.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "protocol/errc.hpp"
#include "ws/url.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace towncrier::commands {

namespace {

constexpr std::size_t max_depth = 256;
constexpr int silent_heartbeats = 3;

ws::client_options options_of(const client_settings& x) {
  ws::client_options result;
  if (!x.token.empty())
    result.fields.push_back({"Authorization", "Bearer " + x.token});
  result.subprotocols = {x.msgpack ? "towncrier.v1.msgpack" : "towncrier.v1.json"};
  result.compression = true;
  result.verify_certificate = !x.insecure;
  result.ca_file = x.ca_file;
  return result;
}

std::string with_query(std::string url, const std::vector<query_field>& query) {
  // A URL without a path has no place for a query yet.
  if (const auto host = url.find("://");
      host != std::string::npos && url.find_first_of("/?", host + 3) == std::string::npos)
    url += '/';
  for (const auto& [name, value] : query)
    ws::append_query(url, name, value);
  return url;
}

/// Empty for bytes that are no message: no node of ours sends such.
model::result<node_message> decode(ws::message x) {
  auto value = x.binary ? codec::parse_msgpack(x.bytes, max_depth) : codec::parse_json(x.bytes, max_depth);
  if (!value)
    return model::failure{value.error()};
  if (x.binary) {
    x.bytes.clear();
    codec::append_json(x.bytes, *value);
  }
  return node_message{std::move(*value), std::move(x.bytes)};
}

} // namespace

void add_client_flags(CLI::App& to, client_settings& x) {
  to.add_option("--token", x.token,
                "who you are, where the node asks; better given in TOWNCRIER_TOKEN, where no list of "
                "processes shows it")
      ->envname("TOWNCRIER_TOKEN");
  to.add_option("--ca-file", x.ca_file, "PEM file of the certificates to trust, for wss; default: the system's")
      ->check(CLI::ExistingFile);
  to.add_flag("--insecure", x.insecure, "take any certificate");
}

model::result<std::unique_ptr<node_client>> node_client::connect(const client_settings& settings, edge_list& edges,
                                                                 const std::vector<query_field>& query) {
  auto made = open(settings, edges.current(), query);
  if (made)
    edges.connected((*made)->welcome());
  else
    edges.failed();
  return made;
}

model::result<std::unique_ptr<node_client>>
node_client::connect_to_any(const client_settings& settings, edge_list& edges, const std::vector<query_field>& query) {
  auto made = connect(settings, edges, query);
  for (auto left = edges.size(); !made && left > 1; --left)
    made = connect(settings, edges, query);
  return made;
}

model::result<std::unique_ptr<node_client>> node_client::open(const client_settings& settings, const std::string& url,
                                                              const std::vector<query_field>& query) {
  auto socket = ws::client::connect(with_query(url, query), options_of(settings));
  if (!socket)
    return model::failure{socket.error()};
  std::unique_ptr<node_client> result{new node_client{std::move(*socket), settings.msgpack}};
  const auto first = result->receive(std::chrono::seconds{10});
  if (const auto* closed = std::get_if<ws::client_closed>(&first))
    return model::failure{"the node closed the connection: " + to_string(*closed)};
  const auto* message = std::get_if<node_message>(&first);
  if (message == nullptr)
    return model::failure{"the node said no welcome"};
  result->welcome_message_ = *message;
  if (!result->read_welcome())
    return model::failure{"this is no Towncrier node, or the token is not valid: " + message->json};
  return result;
}

bool node_client::read_welcome() {
  const auto* type = welcome_message_.value.find("type");
  const auto* data = welcome_message_.value.find("data");
  if (type == nullptr || data == nullptr || *type != model::value{"welcome"})
    return false;
  welcome_ = *data;
  if (const auto* seconds = data->find("heartbeat_interval"))
    heartbeat_interval_ = std::chrono::milliseconds{std::max(100L, std::lround(seconds->number_or(15) * 1000))};
  return true;
}

bool node_client::send(const model::value& message) {
  last_sent_ = clock::now();
  std::string bytes;
  if (msgpack_)
    codec::append_msgpack(bytes, message);
  else
    codec::append_json(bytes, message);
  return msgpack_ ? socket_->send_binary(bytes) : socket_->send_text(bytes);
}

bool node_client::keep_alive() {
  const auto now = clock::now();
  if (now - last_heard_ > silent_heartbeats * heartbeat_interval_)
    return false;
  return now - last_sent_ < heartbeat_interval_ ||
         send(model::object{{"type", "heartbeat"}, {"data", model::object{}}});
}

node_client::received node_client::receive(std::chrono::milliseconds timeout) {
  if (!keep_alive())
    return ws::client_closed{1006, "the node is silent"};
  auto x = socket_->receive(timeout);
  if (auto* closed = std::get_if<ws::client_closed>(&x))
    return std::move(*closed);
  if (auto* message = std::get_if<ws::message>(&x)) {
    last_heard_ = clock::now();
    auto decoded = decode(std::move(*message));
    return decoded ? received{std::move(*decoded)} : ws::client_closed{1006, "not a message: " + decoded.error()};
  }
  return nothing{};
}

bool may_return(std::uint16_t close_code) noexcept {
  const auto code = static_cast<protocol::close_code>(close_code);
  return code != protocol::close_code::policy && code != protocol::close_code::too_big;
}

std::string to_string(const ws::client_closed& x) {
  const auto meaning =
      x.code == 1006 ? "connection lost" : protocol::to_string(static_cast<protocol::close_code>(x.code));
  return fmt::format("{} {}{}{}", x.code, meaning, x.reason.empty() ? "" : ": ", x.reason);
}

} // namespace towncrier::commands
