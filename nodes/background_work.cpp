#include "nodes/background_work.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace towncrier::node {

namespace {

constexpr std::size_t max_waiting = 16;
constexpr std::chrono::seconds patience{1};

} // namespace

struct background_work::state {
  std::mutex mutex;
  std::condition_variable ended;
  std::deque<std::function<void()>> waiting;
  bool running = false;
};

background_work::background_work() : state_(std::make_shared<state>()) {}

background_work::~background_work() {
  std::unique_lock lock{state_->mutex};
  state_->waiting.clear();
  state_->ended.wait_for(lock, patience, [this] { return !state_->running; });
}

bool background_work::run(std::function<void()> task) {
  const std::lock_guard guard{state_->mutex};
  if (state_->waiting.size() >= max_waiting)
    return false;
  state_->waiting.push_back(std::move(task));
  if (!std::exchange(state_->running, true))
    std::thread{[x = state_] { work(x); }}.detach();
  return true;
}

void background_work::work(const std::shared_ptr<state>& x) {
  pthread_setname_np(pthread_self(), "background");
  std::unique_lock lock{x->mutex};
  while (!x->waiting.empty()) {
    auto task = std::move(x->waiting.front());
    x->waiting.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
  x->running = false;
  x->ended.notify_all();
}

} // namespace towncrier::node
