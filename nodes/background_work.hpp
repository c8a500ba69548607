#pragma once

#include <functional>
#include <memory>

namespace towncrier::node {

/// Runs tasks, one after the other, in a thread that exists while there are any: for what may wait for a disk that does
/// not answer. Whoever ends does not wait for that: a task owns all that it uses, and may be left behind.
class background_work {
public:
  background_work();
  /// Drops what waits. Waits a moment for what runs, and no longer.
  ~background_work();
  background_work(const background_work&) = delete;
  background_work& operator=(const background_work&) = delete;

  /// Has `task` run, soon; false: so many wait for one that does not end that this one is dropped.
  bool run(std::function<void()> task);

private:
  struct state;
  static void work(const std::shared_ptr<state>& x);

  std::shared_ptr<state> state_;
};

} // namespace towncrier::node
