#include "hosting/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/resumable.hpp>

#include <mutex>
#include <pthread.h>
#include <utility>
#include <vector>

namespace towncrier::hosting {

namespace {

/// Messages an actor may handle in one turn: enough to pay for the switch, few enough to keep turns short.
constexpr std::size_t messages_a_turn = 64;

thread_local const io_thread* current_thread = nullptr;

} // namespace

struct io_thread::impl {
  impl(io_thread* self, std::string thread_name) : owner(self), name(std::move(thread_name)) {}

  io_thread* owner;
  std::string name;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};

  // Ready actors; touched by this thread alone.
  std::vector<caf::resumable*> ready;
  std::vector<caf::resumable*> running;
  bool drain_posted = false;

  // Ready actors that other threads handed over.
  std::mutex arrivals_mutex;
  std::vector<caf::resumable*> arrivals;

  void make_ready(caf::resumable* x) {
    ready.push_back(x);
    if (!std::exchange(drain_posted, true))
      boost::asio::post(context, [this] { drain(); });
  }

  void arrive(caf::resumable* x) {
    bool first = false;
    {
      const std::lock_guard guard{arrivals_mutex};
      first = arrivals.empty();
      arrivals.push_back(x);
    }
    // One wake-up serves everything that arrives until it is handled.
    if (first)
      boost::asio::post(context, [this] { take_arrivals(); });
  }

  void take_arrivals() {
    {
      const std::lock_guard guard{arrivals_mutex};
      ready.insert(ready.end(), arrivals.begin(), arrivals.end());
      arrivals.clear();
    }
    drain();
  }

  /// Drops what will never have a turn: an actor that nobody else holds ends by it.
  void let_go() {
    for (auto left = take_all(); !left.empty(); left = take_all())
      for (auto* x : left)
        intrusive_ptr_release(x);
  }

  std::vector<caf::resumable*> take_all() {
    auto all = std::exchange(ready, {});
    const std::lock_guard guard{arrivals_mutex};
    all.insert(all.end(), arrivals.begin(), arrivals.end());
    arrivals.clear();
    return all;
  }

  /// Gives every ready actor one turn. Those that become ready meanwhile get theirs after the sockets had one.
  void drain() {
    drain_posted = true;
    running.swap(ready);
    for (auto* x : running)
      resume(x);
    running.clear();
    drain_posted = false;
    if (!ready.empty()) {
      drain_posted = true;
      boost::asio::post(context, [this] { drain(); });
    }
  }

  void resume(caf::resumable* x) {
    switch (x->resume(owner, messages_a_turn)) {
      case caf::resumable::resume_later:
        ready.push_back(x);
        break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
        intrusive_ptr_release(x);
        break;
      case caf::resumable::shutdown_execution_unit:
        break;
    }
  }
};

io_thread::io_thread(caf::actor_system& system, std::string name)
    : caf::execution_unit(&system), impl_(std::make_unique<impl>(this, std::move(name))) {}

io_thread::~io_thread() {
  stop();
  impl_->let_go();
}

void io_thread::start() {
  thread_ = std::thread{[this] { run(); }};
}

void io_thread::run() {
  current_thread = this;
  pthread_setname_np(pthread_self(), impl_->name.substr(0, 15).c_str());
  impl_->context.run();
  current_thread = nullptr;
}

void io_thread::stop() {
  if (std::exchange(stopped_, true))
    return;
  if (thread_.joinable()) {
    boost::asio::post(impl_->context, [this] {
      impl_->take_arrivals();
      impl_->work.reset();
      impl_->context.stop();
    });
    thread_.join();
  }
  // The actors that became ready too late to run must not keep the actor system waiting.
  impl_->context.restart();
  current_thread = this;
  impl_->context.poll();
  current_thread = nullptr;
}

boost::asio::io_context& io_thread::context() noexcept { return impl_->context; }

void io_thread::post(std::function<void()> task) { boost::asio::post(impl_->context, std::move(task)); }

bool io_thread::is_current() const noexcept { return current_thread == this; }

void io_thread::exec_later(caf::resumable* ready) {
  if (is_current())
    impl_->make_ready(ready);
  else
    impl_->arrive(ready);
}

} // namespace towncrier::hosting
