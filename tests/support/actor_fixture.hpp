#pragma once

#include "hosting/actor.hpp"
#include "tests/support/probe.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace towncrier::support {

/// An actor system that runs in the test's own thread, one message at a time, on a clock that stands still until
/// `advance` moves it:
///
///     struct batcher_test : support::actor_fixture {
///       support::probe<protocol::exchange_actor> exchange = make_probe<protocol::exchange_actor>();
///       protocol::batcher_actor batcher = spawn(edge::batcher, exchange.handle(), protocol::batcher_options{});
///     };
///     TEST_F(batcher_test, sends_what_waited_long_enough) {
///       send(batcher, protocol::outgoing_change{...});
///       advance(50ms);
///       EXPECT_EQ(exchange.take_one<protocol::outgoing_batch>().batch->changes.size(), 1u);
///     }
///
/// Whatever was spawned through the fixture is ended with it.
class actor_fixture : public ::testing::Test {
public:
  ~actor_fixture() override { end_all(); }

  caf::actor_system& system() noexcept { return system_; }

  /// The fake time, as actors see it in `self->clock().now()`.
  std::chrono::steady_clock::time_point now() noexcept { return scheduler().clock().now(); }

  /// Spawns one of our actors (`hosting::pointer` style) with CAF's scheduler, here: with the test.
  template <class Fun, class... Args>
  auto spawn(Fun fun, Args&&... args) {
    auto handle = hosting::spawn_on(system_, nullptr, std::move(fun), std::forward<Args>(args)...);
    spawned_.push_back(caf::actor_cast<caf::strong_actor_ptr>(handle));
    run();
    return handle;
  }

  /// Spawns a probe that can stand wherever a `Handle` is wanted.
  template <class Handle>
  probe<Handle> make_probe() {
    auto log = std::make_shared<probe_log>();
    auto actor = system_.spawn(probe_actor, log);
    spawned_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return {caf::actor_cast<Handle>(actor), std::move(log)};
  }

  /// Sends and runs until nobody has anything to do.
  template <class Handle, class... Ts>
  void send(const Handle& to, Ts&&... xs) {
    caf::anon_send(to, std::forward<Ts>(xs)...);
    run();
  }

  /// Asks and gives the answer; the test fails, and gets nothing, when there is none at once.
  template <class Result, class Handle, class... Ts>
  std::optional<Result> request(const Handle& to, Ts&&... xs) {
    std::optional<Result> result;
    caf::scoped_actor self{system_};
    auto pending = self->request(to, caf::infinite, std::forward<Ts>(xs)...);
    run();
    if (!self->has_next_message()) {
      ADD_FAILURE() << "no answer";
      return result;
    }
    pending.receive([&](Result& x) { result = std::move(x); },
                    [&](const caf::error& x) { ADD_FAILURE() << system_.render(x); });
    return result;
  }

  /// Runs until nobody has anything to do now. Gives the number of turns.
  std::size_t run() { return scheduler().run(); }

  /// Moves the time on, with a stop at everything that falls due on the way, in order, so that a timer that starts
  /// itself again fires as often as it would.
  void advance(std::chrono::nanoseconds x) {
    run();
    const auto end = now() + x;
    while (!scheduler().clock().schedule().empty() && scheduler().clock().schedule().begin()->first <= end)
      step_to(scheduler().clock().schedule().begin()->first);
    step_to(end);
  }

  /// Lets time pass within a handler, which nothing else sees before it ends.
  void spend(std::chrono::nanoseconds x) { scheduler().clock().current_time += x; }

  /// Ends an actor, as a crash or an exit would, and lets those who watch it know.
  template <class Handle>
  void kill(const Handle& who) {
    caf::anon_send_exit(who, caf::exit_reason::kill);
    run();
  }

  /// The state of one of our actors, to look at between two messages.
  template <class State, class Handle>
  State& state_of(const Handle& who) {
    return static_cast<hosting::actor<Handle, State>*>(caf::actor_cast<caf::abstract_actor*>(who))->state;
  }

  /// Whether the actor has ended.
  template <class Handle>
  bool ended(const Handle& who) {
    return caf::actor_cast<caf::abstract_actor*>(who)->getf(caf::abstract_actor::is_terminated_flag);
  }

private:
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  void step_to(std::chrono::steady_clock::time_point t) {
    scheduler().advance_time(std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{t - now()}));
    run();
  }

  // The system waits in its destructor for every actor that lives, and its clock keeps those alive that it owes a
  // message.
  void end_all() {
    for (const auto& x : spawned_)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(x), caf::exit_reason::kill);
    run();
    spawned_.clear();
    scheduler().clock().cancel_all();
  }

  config config_;
  caf::actor_system system_{config_};
  std::vector<caf::strong_actor_ptr> spawned_;
};

} // namespace towncrier::support
