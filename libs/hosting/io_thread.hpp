#pragma once

#include <caf/execution_unit.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace boost::asio {
class io_context;
}

namespace towncrier::hosting {

/// A thread that runs an Asio event loop and, between its events, CAF actors: an actor that is placed here owns its
/// socket without a lock or a hop, as CAF's own brokers live on the multiplexer.
class io_thread final : public caf::execution_unit {
public:
  /// `name` is what the operating system shows for the thread (at most 15 characters).
  io_thread(caf::actor_system& system, std::string name);

  /// Stops, where nobody did.
  ~io_thread() override;

  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  /// Starts the thread.
  void start();

  /// Ends the loop and joins the thread. Actors that still wait for their turn are run first, in the caller's thread
  /// where this one never started.
  void stop();

  /// The event loop, for sockets and timers.
  boost::asio::io_context& context() noexcept;

  /// Runs `task` on this thread, soon. From any thread.
  void post(std::function<void()> task);

  /// Whether the caller is on this thread.
  bool is_current() const noexcept;

  /// Takes an actor that has become ready (with the reference that CAF added for its turn). From any thread.
  void exec_later(caf::resumable* ready) override;

private:
  struct impl;
  void run();

  std::unique_ptr<impl> impl_;
  std::thread thread_;
  bool stopped_ = false;
};

} // namespace towncrier::hosting
