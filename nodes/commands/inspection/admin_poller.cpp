#include "nodes/commands/inspection/admin_poller.hpp"

#include <csignal>
#include <sys/eventfd.h>
#include <unistd.h>

namespace towncrier::commands {

admin_poller::admin_poller(admin_settings how, std::chrono::milliseconds interval)
    : how_(std::move(how)), interval_(interval), event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), thread_([this] {
        // Signals are for the thread that draws: it has to wake for them.
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        run();
      }) {}

admin_poller::~admin_poller() {
  {
    const std::lock_guard guard{mutex_};
    over_ = true;
  }
  changed_.notify_one();
  thread_.join();
  ::close(event_);
}

void admin_poller::ask(const admin_question& x) {
  {
    const std::lock_guard guard{mutex_};
    if (question_ == x)
      return;
    question_ = x;
    asked_ = false;
    stale_ = true;
  }
  changed_.notify_one();
}

std::optional<admin_poller::answered> admin_poller::take() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto n = ::read(event_, &count, sizeof count);
  const std::lock_guard guard{mutex_};
  return std::exchange(newest_, std::nullopt);
}

void admin_poller::run() {
  std::unique_lock lock{mutex_};
  while (!over_) {
    if (!question_) {
      changed_.wait(lock);
      continue;
    }
    const auto asked = *question_;
    asked_ = true;
    stale_ = false;
    lock.unlock();
    auto answer = ask_admin(how_, asked.page, asked.query, [this] { return over_ || stale_; });
    lock.lock();
    if (over_ || !asked_) // there is another question meanwhile
      continue;
    newest_.emplace(answered{asked, std::move(answer)});
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(event_, &one, sizeof one);
    changed_.wait_for(lock, interval_, [this] { return over_ || !asked_; });
  }
}

} // namespace towncrier::commands
