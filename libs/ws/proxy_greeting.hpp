#pragma once

#include "ws/http_connection.hpp"

#include <memory>
#include <string>

namespace towncrier::ws {

/// A connection of a proxy that has yet to say for whom it speaks. Reads the PROXY header and not a byte more, since
/// TLS may begin right after it; then the connection is served as the client's. One that says something else, or
/// nothing in time, is dropped.
class proxy_greeting final : public std::enable_shared_from_this<proxy_greeting> {
public:
  /// Begins to read. It keeps itself alive as long as something is pending.
  static void start(tcp_socket socket, std::string peer, std::shared_ptr<listener_core> core, bool has_room);

  ~proxy_greeting();
  proxy_greeting(const proxy_greeting&) = delete;
  proxy_greeting& operator=(const proxy_greeting&) = delete;

  /// Closes the connection.
  void drop();

private:
  proxy_greeting(tcp_socket socket, std::string peer, std::shared_ptr<listener_core> core, bool has_room);

  void wait();
  void read();

  std::shared_ptr<listener_core> core_;
  tcp_socket socket_;
  std::string peer_;
  timer timer_;
  std::string header_; ///< what was read of it
  bool has_room_;      ///< see `http_connection::start`
};

} // namespace towncrier::ws
