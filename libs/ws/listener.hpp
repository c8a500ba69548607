#pragma once

#include "model/result.hpp"
#include "ws/http.hpp"
#include "ws/server_options.hpp"
#include "ws/session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace towncrier::ws {

/// Who answers those that come to a listener. All calls come on the listener's I/O thread.
class listener_handler {
public:
  virtual ~listener_handler() = default;

  /// Answers a plain request.
  virtual http_response on_http(const http_request& request) = 0;

  /// Gives the answer to one request: once, from any thread, while the listener's loop exists.
  using answer_to = std::function<void(http_response)>;

  /// Answers a plain request now or later, for handlers that have to wait for somebody: in the end calls `answer`.
  virtual void on_request(http_request request, answer_to answer) { answer(on_http(request)); }

  /// A client knocks with a sound upgrade request on one of the `websocket_paths`: `accept` or `refuse` it, now or
  /// within the `handshake_timeout`.
  virtual void on_upgrade(std::shared_ptr<session> knocking) = 0;

  /// Something went wrong that the listener survives: out of file descriptors, for example.
  virtual void on_problem(std::string_view what) = 0;
};

/// Where to listen.
struct endpoint {
  std::string address = "127.0.0.1"; ///< an IP address, of version 4 or 6; no host name
  std::uint16_t port = 0;            ///< 0: any that is free
  bool shared = false;               ///< whether a listener of this program has the port already, and it is shared
};

/// Listens on one I/O thread. Several may share a port, one a thread: the kernel spreads the clients over them.
class listener {
public:
  /// Binds and starts to listen; accepting begins when `context` runs. Call it before the loop runs, or on its
  /// thread. The error names the endpoint and the reason. `handler` outlives the listener's `stop`.
  static model::result<std::unique_ptr<listener>> open(boost::asio::io_context& context, const endpoint& where,
                                                       std::shared_ptr<const server_options> options,
                                                       listener_handler& handler);

  /// Stops. On the loop's thread, or once the loop has ended; before `context` goes.
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// The port that is really bound.
  std::uint16_t port() const noexcept;

  /// Accepts no more and drops those that have not come as far as an upgrade; sessions live on. The handler is not
  /// called any more. Same threads as the destructor.
  void stop();

private:
  struct impl;
  explicit listener(std::shared_ptr<impl> x);

  std::shared_ptr<impl> impl_;
};

} // namespace towncrier::ws
