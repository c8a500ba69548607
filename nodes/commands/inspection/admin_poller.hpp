#pragma once

#include "nodes/commands/inspection/admin_client.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace towncrier::commands {

/// What a view asks of a node, again and again.
struct admin_question {
  std::string page;
  admin_query query;

  friend bool operator==(const admin_question&, const admin_question&) = default;
};

/// Asks on a thread of its own, so that a node that hangs does not make the view hang.
class admin_poller {
public:
  /// Asks again `interval` after each answer.
  admin_poller(admin_settings how, std::chrono::milliseconds interval);

  /// Returns soon, whatever the node does.
  ~admin_poller();
  admin_poller(const admin_poller&) = delete;
  admin_poller& operator=(const admin_poller&) = delete;

  /// Asks this from now on; at once where it is another question than before.
  void ask(const admin_question& x);

  struct answered {
    admin_question question;
    model::result<model::value> answer;
  };
  /// The newest answer that was not taken yet.
  std::optional<answered> take();

  /// Can be read while there is an answer to take.
  int descriptor() const noexcept { return event_; }

private:
  void run();

  admin_settings how_;
  std::chrono::milliseconds interval_;
  int event_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<admin_question> question_;
  bool asked_ = false; ///< whether the question was asked since it is another
  std::atomic<bool> over_{false};
  std::atomic<bool> stale_{false}; ///< whether nobody waits for the answer to what is being asked
  std::optional<answered> newest_;
  std::thread thread_; ///< last: it uses the others
};

} // namespace towncrier::commands
