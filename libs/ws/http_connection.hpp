#pragma once

#include "ws/http.hpp"
#include "ws/listener.hpp"
#include "ws/wire.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>
#include <unordered_set>

namespace towncrier::ws {

class http_connection;
class proxy_greeting;

/// What the connections of one listener share.
struct listener_core {
  std::shared_ptr<const server_options> options;
  listener_handler* handler = nullptr; ///< nullptr: the listener has stopped
  std::unordered_set<http_connection*> connections;
  std::unordered_set<proxy_greeting*> greetings; ///< those that have not yet said for whom they speak
};

/// A connection that was accepted, until it ends or is handed to a session as an upgrade.
class http_connection final : public wire_events, public std::enable_shared_from_this<http_connection> {
public:
  /// Begins to serve `socket`. It keeps itself alive as long as something is pending. Without room for a client, one
  /// that knocks is answered 503, and nobody may stay.
  static void start(tcp_socket socket, client_address from, std::shared_ptr<listener_core> core, bool has_room);

  ~http_connection() override;

  /// Closes the connection.
  void drop();

private:
  http_connection(std::unique_ptr<wire> line, client_address from, std::shared_ptr<listener_core> core, bool has_room);

  void on_write_drained() override;
  void on_write_failed() override;

  void read_request();
  void on_request(error_code ec);
  void on_broken_request(error_code ec);
  void ask(http_request request, bool keep_alive);
  void upgrade(http_request request);
  void respond(http_response response, bool without_body, bool keep_alive);
  void after_response();
  void start_timer(std::chrono::milliseconds wait);

  std::shared_ptr<listener_core> core_;
  std::unique_ptr<wire> wire_;
  client_address from_;
  timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  bool has_room_;
  bool responding_ = false;
  bool keep_alive_ = false;
};

} // namespace towncrier::ws
