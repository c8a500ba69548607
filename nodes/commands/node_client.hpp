#pragma once

#include "model/result.hpp"
#include "model/value.hpp"
#include "nodes/commands/edge_list.hpp"
#include "ws/client.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace towncrier::commands {

/// How a command reaches a node.
struct client_settings {
  /// The nodes to try, in this order.
  std::vector<std::string> urls{"ws://127.0.0.1:8765/"};
  std::string token;
  std::string ca_file;
  bool insecure = false;
  bool msgpack = false;
};

/// Adds the flags of `client_settings` that every client has.
void add_client_flags(CLI::App& to, client_settings& x);

/// A name and a value of the query that a connection begins with.
using query_field = std::pair<std::string, std::string>;

/// What came from the node.
struct node_message {
  model::value value;
  /// The bytes as they came; of a MessagePack message, the same as JSON.
  std::string json;
};

class node_client;

/// What became of an attempt to connect.
struct attempt {
  /// Connected and welcome; nullptr: it failed.
  std::unique_ptr<node_client> client;
  /// Why it failed.
  std::string error;
  /// Whether another attempt may do better: not when the node closed with a code that says otherwise.
  bool may_return = true;

  explicit operator bool() const noexcept { return client != nullptr; }
};

/// One connection to a node: values in and out, and heartbeats.
class node_client {
public:
  /// Nothing came in time.
  struct nothing {};
  using received = std::variant<node_message, ws::client_closed, nothing>;

  /// Connects to the current one of `edges` and waits for the welcome, which the list then knows.
  static attempt connect(const client_settings& settings, edge_list& edges, const std::vector<query_field>& query);

  /// Tries each of `edges` once.
  static attempt connect_to_any(const client_settings& settings, edge_list& edges,
                                const std::vector<query_field>& query);

  /// The data of the welcome.
  const model::value& welcome() const noexcept { return welcome_; }
  const node_message& welcome_message() const noexcept { return welcome_message_; }

  /// Sends one message; false when the connection has ended.
  bool send(const model::value& message);

  /// Sends a request that has to be taken in the end: where the node says that there were too many messages, it is sent
  /// again after the `retry_after` that the node names. The answers are received as any message is.
  bool ask(model::object request);

  /// Waits for one message, and sends what is due: heartbeats, and requests that were refused before. A node that is
  /// silent for several heartbeats is taken for gone: closed with 1006.
  received receive(std::chrono::milliseconds timeout);

  /// Says goodbye.
  void close() { socket_->close(); }

private:
  using clock = std::chrono::steady_clock;

  explicit node_client(std::unique_ptr<ws::client> socket, bool msgpack)
      : socket_(std::move(socket)), msgpack_(msgpack) {}
  static attempt open(const client_settings& settings, const std::string& url, const std::vector<query_field>& query);
  bool read_welcome();
  bool why_not_welcome(std::string& error);
  void keep_alive();
  void ask_again();
  void note_answer(const model::value& message);

  std::unique_ptr<ws::client> socket_;
  bool msgpack_;
  node_message welcome_message_;
  model::value welcome_;
  std::chrono::milliseconds heartbeat_interval_{15'000};
  clock::time_point last_sent_ = clock::now();
  clock::time_point last_heard_ = clock::now();

  /// A request without an answer.
  struct pending {
    std::string id;
    model::value message;
    /// When it is sent again; nothing: it is under way.
    std::optional<clock::time_point> due;
  };
  std::vector<pending> asked_;
  std::size_t questions_ = 0;
};

/// `1008 policy: Invalid token`
std::string to_string(const ws::client_closed& x);

} // namespace towncrier::commands
