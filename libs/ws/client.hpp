#pragma once

#include "model/result.hpp"
#include "ws/http.hpp"
#include "ws/session.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace towncrier::ws {

/// How a client connects.
struct client_options {
  std::vector<http_field> fields;           ///< added to the request: `Authorization`, `Origin`, ...
  std::vector<std::string> subprotocols;    ///< in order of preference
  std::chrono::milliseconds timeout{5'000}; ///< for everything until the upgrade is done, and for the closing handshake
  bool compression = false;                 ///< offers permessage-deflate
  bool verify_certificate = true;           ///< `wss` and `https` only; false takes any certificate
  std::string ca_file;                      ///< PEM file of trusted certificates; empty: those of the system
  std::size_t max_message_bytes = 64 * 1024 * 1024;
  /// Of `http_send`: asked some times a second whether nobody wants the answer any more. May be empty.
  std::function<bool()> give_up;
};

/// The connection ended. 1006 when without a close frame.
struct client_closed {
  std::uint16_t code = 0;
  std::string reason;
};

/// Nothing came within the time.
struct client_timeout {};

/// A blocking WebSocket client for tools and tests, with an event loop of its own that runs within its calls alone.
/// One thread at a time.
class client {
public:
  using received = std::variant<message, client_closed, client_timeout>;

  /// Connects to `ws://host:port/path` or `wss://...`. The error says what went wrong; where the server answered
  /// something else than an upgrade, it has the status and the body.
  static model::result<std::unique_ptr<client>> connect(std::string_view url, const client_options& options = {});

  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// The sub-protocol that the server chose; empty: none.
  const std::string& subprotocol() const noexcept;

  /// Sends one message and returns when the kernel has it; false when the connection has ended.
  bool send_text(std::string_view text);
  bool send_binary(std::string_view bytes);
  bool ping();

  /// Waits for the next message. Once it has answered `client_closed`, it always will.
  received receive(std::chrono::milliseconds timeout);

  /// Sends a close frame and waits for the server's; messages that come meanwhile are dropped.
  client_closed close(std::uint16_t code = 1000, std::string_view reason = {});

  /// The socket's file descriptor, for tools that wait for many.
  int native_handle() const noexcept;

private:
  struct impl;
  explicit client(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

/// What a server is asked over plain HTTP.
struct http_call {
  std::string method = "GET";
  std::string content_type; ///< of the body
  std::string body;
};

/// What a server answered to that.
struct http_reply {
  unsigned status = 0;
  std::vector<http_field> fields;
  std::string body;
};

/// Sends one request to `http://...` or `https://...` and waits for the whole answer.
model::result<http_reply> http_send(std::string_view url, const http_call& what, const client_options& options = {});

/// Gets one page.
model::result<http_reply> http_get(std::string_view url, const client_options& options = {});

} // namespace towncrier::ws
