#pragma once

#include "model/result.hpp"
#include "model/value.hpp"
#include "nodes/commands/edge_list.hpp"
#include "ws/client.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
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

/// One connection to a node: values in and out, and heartbeats.
class node_client {
public:
  /// Nothing came in time.
  struct nothing {};
  using received = std::variant<node_message, ws::client_closed, nothing>;

  /// Connects to the current one of `edges` and waits for the welcome, which the list then knows. The error says what
  /// went wrong.
  static model::result<std::unique_ptr<node_client>> connect(const client_settings& settings, edge_list& edges,
                                                             const std::vector<query_field>& query);

  /// Tries each of `edges` once.
  static model::result<std::unique_ptr<node_client>> connect_to_any(const client_settings& settings, edge_list& edges,
                                                                    const std::vector<query_field>& query);

private:
  static model::result<std::unique_ptr<node_client>> open(const client_settings& settings, const std::string& url,
                                                          const std::vector<query_field>& query);

public:
  /// The data of the welcome.
  const model::value& welcome() const noexcept { return welcome_; }
  const node_message& welcome_message() const noexcept { return welcome_message_; }

  /// Sends one message; false when the connection has ended.
  bool send(const model::value& message);

  /// Waits for one message, and sends a heartbeat where one is due. A node that is silent for several heartbeats is
  /// taken for gone: closed with 1006.
  received receive(std::chrono::milliseconds timeout);

  /// Says goodbye.
  void close() { socket_->close(); }

private:
  using clock = std::chrono::steady_clock;

  explicit node_client(std::unique_ptr<ws::client> socket, bool msgpack)
      : socket_(std::move(socket)), msgpack_(msgpack) {}
  bool read_welcome();
  bool keep_alive();

  std::unique_ptr<ws::client> socket_;
  bool msgpack_;
  node_message welcome_message_;
  model::value welcome_;
  std::chrono::milliseconds heartbeat_interval_{15'000};
  clock::time_point last_sent_ = clock::now();
  clock::time_point last_heard_ = clock::now();
};

/// Whether a client that was closed so may come back (see the close codes of the protocol).
bool may_return(std::uint16_t close_code) noexcept;

/// `1008 policy: Invalid token`
std::string to_string(const ws::client_closed& x);

} // namespace towncrier::commands
