#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <pthread.h>
#include <set>
#include <thread>
#include <vector>

namespace towncrier::hosting {

namespace {

using namespace std::chrono_literals;
using protocol::batcher_actor;
using protocol::due_atom;

/// What actors noted, for the test to read once they have ended or the promise is kept.
struct notes {
  std::vector<std::uint64_t> numbers;
  std::set<std::thread::id> threads;
  std::size_t expected = 0;
  std::promise<void> complete;
  std::atomic<int> alive{0};

  bool wait() { return complete.get_future().wait_for(20s) == std::future_status::ready; }
};

struct recorder_state {
  static inline const char* name = "recorder";
  recorder_state() = default;
  model::object describe() const { return {}; }
  ~recorder_state() {
    if (log)
      --log->alive;
  }
  std::shared_ptr<notes> log;
};

using recorder_pointer = pointer<batcher_actor, recorder_state>;

/// Notes each number and its own thread.
batcher_actor::behavior_type recorder(recorder_pointer self, std::shared_ptr<notes> log) {
  ++log->alive;
  self->state.log = std::move(log);
  return {[](protocol::outgoing_change&) {},
          [self](due_atom, std::uint64_t number) {
            auto& x = *self->state.log;
            x.numbers.push_back(number);
            x.threads.insert(std::this_thread::get_id());
            if (x.numbers.size() == x.expected)
              x.complete.set_value();
          }};
}

/// Passes each number on.
batcher_actor::behavior_type forwarder(recorder_pointer self, std::shared_ptr<notes> log, batcher_actor next) {
  ++log->alive;
  self->state.log = std::move(log);
  return {[](protocol::outgoing_change&) {},
          [self, next](due_atom, std::uint64_t number) {
            self->state.log->threads.insert(std::this_thread::get_id());
            self->send(next, due_atom::value, number);
          }};
}

std::thread::id id_of(io_thread& x) {
  std::promise<std::thread::id> id;
  x.post([&] { id.set_value(std::this_thread::get_id()); });
  return id.get_future().get();
}

} // namespace

struct io_thread_test : ::testing::Test {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::unique_ptr<io_thread> thread = std::make_unique<io_thread>(system, "tc-io-test");

  ~io_thread_test() override {
    thread->stop();
    thread.reset();
  }

  template <class Handle>
  static void end(const Handle& x) {
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }

  static bool wait_until_ended(const notes& x) {
    for (int i = 0; i < 2000 && x.alive != 0; ++i)
      std::this_thread::sleep_for(5ms);
    return x.alive == 0;
  }
};

TEST_F(io_thread_test, runs_tasks_on_a_thread_of_its_name) {
  thread->start();
  std::promise<std::string> name;
  thread->post([&] {
    char buffer[16];
    pthread_getname_np(pthread_self(), buffer, sizeof buffer);
    name.set_value(thread->is_current() ? buffer : "elsewhere");
  });
  EXPECT_EQ(name.get_future().get(), "tc-io-test");
  EXPECT_FALSE(thread->is_current());
}

TEST_F(io_thread_test, actors_stay_on_it_and_each_sender_keeps_its_order) {
  constexpr std::uint64_t senders = 4;
  constexpr std::uint64_t messages = 5000;
  thread->start();
  const auto log = std::make_shared<notes>();
  log->expected = senders * messages;
  const auto actor = spawn_on(system, thread.get(), recorder, log);
  std::vector<std::thread> threads;
  for (std::uint64_t sender = 0; sender < senders; ++sender)
    threads.emplace_back([&, sender] {
      for (std::uint64_t i = 0; i < messages; ++i)
        caf::anon_send(actor, due_atom::value, sender * messages + i);
    });
  for (auto& x : threads)
    x.join();
  ASSERT_TRUE(log->wait());
  EXPECT_EQ(log->threads, std::set{id_of(*thread)});
  std::vector<std::uint64_t> next(senders);
  for (const auto number : log->numbers)
    EXPECT_EQ(number % messages, next[number / messages]++);
  end(actor);
  EXPECT_TRUE(wait_until_ended(*log));
}

TEST_F(io_thread_test, a_chain_of_actors_on_it_loses_nothing) {
  thread->start();
  const auto log = std::make_shared<notes>();
  log->expected = 20'000;
  const auto last = spawn_on(system, thread.get(), recorder, log);
  auto first = last;
  for (int i = 0; i < 10; ++i)
    first = spawn_on(system, thread.get(), forwarder, std::make_shared<notes>(), first);
  for (std::uint64_t i = 0; i < log->expected; ++i)
    caf::anon_send(first, due_atom::value, i);
  ASSERT_TRUE(log->wait());
  for (std::uint64_t i = 0; i < log->expected; ++i)
    ASSERT_EQ(log->numbers[i], i);
  end(last);
}

TEST_F(io_thread_test, an_actor_without_a_home_never_runs_on_it) {
  thread->start();
  const auto home = id_of(*thread);
  const auto log = std::make_shared<notes>();
  log->expected = 5000;
  const auto homeless = spawn_on(system, nullptr, recorder, log);
  const auto relay_log = std::make_shared<notes>();
  const auto relay = spawn_on(system, thread.get(), forwarder, relay_log, homeless);
  for (std::uint64_t i = 0; i < log->expected; ++i)
    caf::anon_send(relay, due_atom::value, i);
  ASSERT_TRUE(log->wait());
  EXPECT_FALSE(log->threads.contains(home));
  EXPECT_EQ(relay_log->threads, std::set{home});
  end(homeless);
  end(relay);
  EXPECT_TRUE(wait_until_ended(*log));
}

TEST_F(io_thread_test, an_actor_spawned_from_one_of_its_actors_without_a_home_runs_elsewhere) {
  thread->start();
  const auto log = std::make_shared<notes>();
  log->expected = 1;
  std::promise<batcher_actor> spawned;
  thread->post([&] { spawned.set_value(spawn_on(system, nullptr, recorder, log)); });
  const auto actor = spawned.get_future().get();
  thread->post([&] { caf::anon_send(actor, due_atom::value, std::uint64_t{1}); });
  ASSERT_TRUE(log->wait());
  EXPECT_FALSE(log->threads.contains(id_of(*thread)));
  end(actor);
}

TEST_F(io_thread_test, what_was_sent_before_the_start_is_handled_after_it) {
  const auto log = std::make_shared<notes>();
  log->expected = 100;
  const auto actor = spawn_on(system, thread.get(), recorder, log);
  for (std::uint64_t i = 0; i < 100; ++i)
    caf::anon_send(actor, due_atom::value, i);
  std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(log->numbers.empty());
  thread->start();
  EXPECT_TRUE(log->wait());
  end(actor);
}

TEST_F(io_thread_test, a_busy_actor_does_not_keep_others_waiting) {
  thread->start();
  const auto busy_log = std::make_shared<notes>();
  busy_log->expected = 200'000;
  const auto log = std::make_shared<notes>();
  log->expected = 1;
  const auto busy = spawn_on(system, thread.get(), recorder, busy_log);
  const auto other = spawn_on(system, thread.get(), recorder, log);
  std::promise<std::size_t> done_of_busy;
  std::promise<void> filled;
  thread->post([&, released = filled.get_future().share()] { released.wait(); });
  for (std::uint64_t i = 0; i < busy_log->expected; ++i)
    caf::anon_send(busy, due_atom::value, i);
  caf::anon_send(other, due_atom::value, std::uint64_t{0});
  thread->post([&] { done_of_busy.set_value(busy_log->numbers.size()); });
  filled.set_value();
  ASSERT_TRUE(log->wait());
  EXPECT_LT(done_of_busy.get_future().get(), busy_log->expected / 2);
  ASSERT_TRUE(busy_log->wait());
  end(busy);
  end(other);
}

TEST_F(io_thread_test, stopping_while_busy_runs_what_waits_and_ends_every_actor) {
  for (int round = 0; round < 20; ++round) {
    io_thread busy{system, "busy"};
    busy.start();
    const auto log = std::make_shared<notes>();
    std::vector<batcher_actor> actors;
    for (int i = 0; i < 20; ++i)
      actors.push_back(spawn_on(system, &busy, recorder, log));
    std::atomic<bool> enough{false};
    std::thread sender{[&] {
      for (std::uint64_t i = 0; !enough; ++i)
        caf::anon_send(actors[i % actors.size()], due_atom::value, i);
    }};
    std::this_thread::sleep_for(2ms);
    enough = true;
    sender.join();
    for (const auto& x : actors)
      end(x);
    actors.clear();
    busy.stop();
    EXPECT_EQ(log->alive, 0);
  }
}

TEST_F(io_thread_test, what_comes_after_the_stop_keeps_no_actor_alive) {
  const auto log = std::make_shared<notes>();
  {
    io_thread gone{system, "gone"};
    gone.start();
    auto actor = spawn_on(system, &gone, recorder, log);
    gone.stop();
    caf::anon_send(actor, due_atom::value, std::uint64_t{1});
    end(actor);
  }
  EXPECT_EQ(log->alive, 0) << "else the actor system would wait for it for ever";
}

TEST_F(io_thread_test, one_that_never_started_keeps_no_actor_alive) {
  const auto log = std::make_shared<notes>();
  {
    io_thread never{system, "never"};
    spawn_on(system, &never, recorder, log);
  }
  EXPECT_EQ(log->alive, 0);
}

TEST_F(io_thread_test, stopping_twice_is_well) {
  thread->start();
  thread->stop();
  thread->stop();
}

} // namespace towncrier::hosting
