#pragma once

#include "ws/listener.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace towncrier::ws::test {

/// How long a test waits for what has to happen.
inline constexpr std::chrono::seconds patience{20};

/// What one session's handler was told; read it from any thread.
struct session_log {
  int opened = 0;
  int window_bits = -1;
  int drained = 0;
  int batches = 0;
  std::vector<message> messages;
  std::vector<std::pair<std::uint16_t, std::string>> closed;
  bool called_after_close = false;
};

/// A listener on an I/O thread of its own, whose sessions are recorded, in the order they knocked.
class test_server final : public listener_handler {
public:
  explicit test_server(server_options options = default_options());

  /// Drops all that are left, and sees that every handler was told of the end once, and nothing after it.
  ~test_server() override;

  static server_options default_options();

  std::uint16_t port() const { return listener_->port(); }
  std::string url(std::string_view path = "/") const;

  /// Runs `task` on the I/O thread and waits for it.
  void call(const std::function<void()>& task);

  /// The session that knocked as the `index`th; nullptr when it has closed.
  std::shared_ptr<session> at(std::size_t index);

  /// A copy of what its handler was told.
  session_log log(std::size_t index);

  /// Waits until `condition` holds for the log of the `index`th; false when patience ends.
  bool wait_for(std::size_t index, const std::function<bool(const session_log&)>& condition);

  /// Waits until its `on_closed` came; the code, 0 when patience ends.
  std::uint16_t close_code(std::size_t index);

  /// What happens to those that knock; accepts by default.
  std::function<void(std::shared_ptr<session>)> on_knock;
  std::function<http_response(const http_request&)> on_page;
  std::function<void(http_request, answer_to)> on_question;      ///< instead of `on_page`
  std::function<void(session&, std::vector<message>&)> on_batch; ///< echoes by default

  /// Accepts with a recording handler: for use in `on_knock`.
  void let_in(const std::shared_ptr<session>& who, std::string_view subprotocol = {});

  void stop_listening();

  /// Opens another listener on the same thread, and lets go of it; the error, empty when there is none.
  std::string try_listen(const endpoint& where, listener_handler& handler);
  std::vector<std::string> problems();

private:
  class recorder;
  void expect_orderly_end(std::size_t index);
  struct loop;

  http_response on_http(const http_request& request) override;
  void on_request(http_request request, answer_to answer) override;
  void on_upgrade(std::shared_ptr<session> knocking) override;
  void on_problem(std::string_view what) override;

  std::unique_ptr<loop> loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<recorder>> recorders_;
  std::vector<std::string> problems_;
  std::unique_ptr<listener> listener_;
  std::thread thread_;
};

/// Waits until `condition` holds; false when patience ends.
bool eventually(const std::function<bool()>& condition);

} // namespace towncrier::ws::test
