#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace towncrier::node {

/// Threads that answer what has to wait for actors, so that the thread that reads requests does not have to.
class answer_pool {
public:
  /// `name` is what the operating system shows for them (at most 15 characters). No more than `max_waiting` tasks wait.
  answer_pool(std::string name, std::size_t threads, std::size_t max_waiting);

  /// Stops, where nobody did.
  ~answer_pool();
  answer_pool(const answer_pool&) = delete;
  answer_pool& operator=(const answer_pool&) = delete;

  /// Has a thread run `task`, soon; false: too many wait already, or it has stopped.
  bool run(std::function<void()> task);

  /// Waits for those that run; drops those that wait.
  void stop();

private:
  void work();

  std::string name_;
  std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool over_ = false;
  std::vector<std::thread> threads_;
};

} // namespace towncrier::node
