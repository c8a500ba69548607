#include "nodes/commands/node_client.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "protocol/close_codes.hpp"
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
/// Seconds that a node may let a request wait.
constexpr double longest_wait = 3600;

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
    codec::append_safe_json(x.bytes, *value);
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

attempt node_client::connect(const client_settings& settings, edge_list& edges, const std::vector<query_field>& query) {
  auto made = open(settings, edges.current(), query);
  if (made)
    edges.connected(made.client->welcome());
  else
    edges.failed();
  return made;
}

attempt node_client::connect_to_any(const client_settings& settings, edge_list& edges,
                                    const std::vector<query_field>& query) {
  auto made = connect(settings, edges, query);
  for (auto left = edges.size(); !made && left > 1; --left)
    made = connect(settings, edges, query);
  return made;
}

attempt node_client::open(const client_settings& settings, const std::string& url,
                          const std::vector<query_field>& query) {
  auto socket = ws::client::connect(with_query(url, query), options_of(settings));
  if (!socket)
    return {nullptr, socket.error()};
  std::unique_ptr<node_client> result{new node_client{std::move(*socket), settings.msgpack}};
  const auto first = result->receive(std::chrono::seconds{10});
  if (const auto* closed = std::get_if<ws::client_closed>(&first))
    return {nullptr, "the node closed the connection: " + to_string(*closed), protocol::rule_of(closed->code).returns};
  const auto* message = std::get_if<node_message>(&first);
  if (message == nullptr)
    return {nullptr, "the node said no welcome"};
  result->welcome_message_ = *message;
  if (!result->read_welcome()) {
    std::string error = "this is no Towncrier node, or the token is not valid: " + message->json;
    const auto may_return = result->why_not_welcome(error);
    return {nullptr, std::move(error), may_return};
  }
  return {std::move(result), {}};
}

/// Waits for the close that follows on a refusal, and adds it to the error; whether one may come back after it.
bool node_client::why_not_welcome(std::string& error) {
  const auto end = clock::now() + std::chrono::seconds{2};
  while (clock::now() < end) {
    const auto x = receive(std::chrono::milliseconds{100});
    if (const auto* closed = std::get_if<ws::client_closed>(&x)) {
      error += "; closed with " + to_string(*closed);
      return protocol::rule_of(closed->code).returns;
    }
  }
  return true;
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

bool node_client::ask(model::object request) {
  asked_.push_back({fmt::format("ask-{}", ++questions_), {}, std::nullopt});
  request.emplace_back("id", asked_.back().id);
  asked_.back().message = std::move(request);
  return send(asked_.back().message);
}

void node_client::keep_alive() {
  if (clock::now() - last_sent_ >= heartbeat_interval_)
    send(model::object{{"type", "heartbeat"}, {"data", model::object{}}});
}

void node_client::ask_again() {
  const auto now = clock::now();
  for (auto& x : asked_)
    if (x.due && now >= *x.due) {
      x.due.reset();
      send(x.message);
    }
}

void node_client::note_answer(const model::value& message) {
  const auto* data = message.find("data");
  const auto* id = data ? data->find("id") : nullptr;
  const auto* text = id ? id->get_if<std::string>() : nullptr;
  const auto found =
      text ? std::find_if(asked_.begin(), asked_.end(), [&](const auto& x) { return x.id == *text; }) : asked_.end();
  if (found == asked_.end())
    return;
  const auto* code = data->find("code");
  const auto* wait = data->find("retry_after");
  if (code == nullptr || code->number_or(0) != static_cast<double>(protocol::errc::rate_limit) || wait == nullptr) {
    asked_.erase(found);
    return;
  }
  const std::chrono::duration<double> seconds{std::clamp(wait->number_or(1), 0.1, longest_wait)};
  found->due = clock::now() + std::chrono::ceil<clock::duration>(seconds);
}

node_client::received node_client::receive(std::chrono::milliseconds timeout) {
  keep_alive();
  ask_again();
  auto x = socket_->receive(timeout);
  if (auto* closed = std::get_if<ws::client_closed>(&x))
    return std::move(*closed);
  if (auto* message = std::get_if<ws::message>(&x)) {
    last_heard_ = clock::now();
    auto decoded = decode(std::move(*message));
    if (!decoded)
      return ws::client_closed{1006, "not a message: " + decoded.error()};
    if (!asked_.empty())
      note_answer(decoded->value);
    return std::move(*decoded);
  }
  // Asked last: whoever was stopped for a while has been told things meanwhile, and reads them first.
  if (clock::now() - last_heard_ > silent_heartbeats * heartbeat_interval_)
    return ws::client_closed{1006, "the node is silent"};
  return nothing{};
}

std::string to_string(const ws::client_closed& x) {
  return fmt::format("{} {}{}{}", x.code, protocol::rule_of(x.code).words, x.reason.empty() ? "" : ": ", x.reason);
}

} // namespace towncrier::commands
