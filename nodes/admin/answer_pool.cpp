#include "nodes/admin/answer_pool.hpp"

#include <pthread.h>
#include <utility>

namespace towncrier::node {

answer_pool::answer_pool(std::string name, std::size_t threads, std::size_t max_waiting)
    : name_(std::move(name)), max_waiting_(max_waiting) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this] { work(); });
}

answer_pool::~answer_pool() { stop(); }

bool answer_pool::run(std::function<void()> task) {
  {
    const std::lock_guard guard{mutex_};
    if (over_ || waiting_.size() >= max_waiting_)
      return false;
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void answer_pool::stop() {
  {
    const std::lock_guard guard{mutex_};
    over_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  for (auto& thread : std::exchange(threads_, {}))
    thread.join();
}

void answer_pool::work() {
  pthread_setname_np(pthread_self(), name_.c_str());
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (over_)
      return;
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    task();
    task = nullptr; // what it holds goes without the lock
    lock.lock();
  }
}

} // namespace towncrier::node
