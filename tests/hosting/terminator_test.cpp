#include "hosting/actor.hpp"
#include "hosting/actor_list.hpp"
#include "hosting/terminator.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace towncrier::hosting {

namespace {

using namespace std::chrono_literals;
using testing_actor = caf::typed_actor<caf::reacts_to<int>>;
using words = std::vector<std::string>;

/// What happened, in order, from any thread.
class diary {
public:
  void note(std::string x) {
    const std::lock_guard guard{mutex_};
    all_.push_back(std::move(x));
  }
  words all() const {
    const std::lock_guard guard{mutex_};
    return all_;
  }

private:
  mutable std::mutex mutex_;
  words all_;
};

/// Holds actors in their handlers until it is opened.
class gate {
public:
  void pass() {
    std::unique_lock guard{mutex_};
    ++waiting_;
    changed_.notify_all();
    changed_.wait(guard, [this] { return open_; });
  }
  void open() {
    const std::lock_guard guard{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  void wait_for_one() {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return waiting_ != 0; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

std::shared_ptr<diary> told = std::make_shared<diary>();

/// Says when it ends. `Name` is a character: kinds are told apart by the names of their states.
template <char Name>
struct mortal_state {
  static constexpr char text[] = {'m', 'o', 'r', 't', 'a', 'l', '_', Name, 0};
  static inline const char* name = text;
  using self_pointer = pointer<testing_actor, mortal_state>;

  explicit mortal_state(self_pointer ptr) : self(ptr) {}
  virtual ~mortal_state() {
    if (started)
      told->note(std::string{"end "} + Name);
  }
  model::object describe() const { return {}; }

  self_pointer self;
  bool started = false;
};

/// Does `handle` with every number that it is sent.
template <char Name>
testing_actor::behavior_type mortal(pointer<testing_actor, mortal_state<Name>> self,
                                    std::function<void(int)> handle = {}) {
  self->state.started = true;
  return {[self, handle](int x) {
    told->note(std::string{Name} + std::to_string(x));
    if (handle)
      handle(x);
  }};
}

bool comes_before(const words& in, const std::string& first, const std::string& second) {
  const auto a = std::find(in.begin(), in.end(), first);
  return a != in.end() && std::find(a, in.end(), second) != in.end();
}

} // namespace

struct terminator_test : ::testing::Test {
  terminator_test() { told = std::make_shared<diary>(); }

  template <char Name>
  testing_actor spawn(std::function<void(int)> handle = {}) {
    return spawn_on(system, nullptr, mortal<Name>, std::move(handle));
  }

  termination end(std::vector<terminator::stage> order, terminator::limits limits = {30s, 10s}) {
    return terminator{system, std::move(order), limits}.run();
  }

  std::size_t alive() { return actor_list::all(system).size(); }

  caf::actor_system_config config;
  caf::actor_system system{config};
};

TEST_F(terminator_test, stages_end_one_after_the_other) {
  const std::vector keep{spawn<'c'>(), spawn<'a'>(), spawn<'b'>(), spawn<'a'>()};
  const auto result = end({{"mortal_a"}, {"mortal_b"}, {"mortal_c"}});
  EXPECT_EQ(told->all(), (words{"end a", "end a", "end b", "end c"}));
  EXPECT_TRUE(result.killed.empty());
  EXPECT_TRUE(result.stuck.empty());
  EXPECT_TRUE(result.unlisted.empty());
  EXPECT_EQ(alive(), 0u);
}

TEST_F(terminator_test, a_stage_waits_for_one_that_is_busy_in_the_stage_before) {
  gate busy;
  const auto first = spawn<'a'>([&](int) { busy.pass(); });
  const auto second = spawn<'b'>();
  caf::anon_send(first, 1);
  busy.wait_for_one();
  termination result;
  std::thread ender{[&] { result = end({{"mortal_a"}, {"mortal_b"}}); }};
  std::this_thread::sleep_for(50ms); // nothing is to happen
  EXPECT_EQ(told->all(), words{"a1"});
  busy.open();
  ender.join();
  EXPECT_EQ(told->all(), (words{"a1", "end a", "end b"}));
  EXPECT_TRUE(result.killed.empty());
}

TEST_F(terminator_test, what_is_in_mailboxes_goes_its_way_through_all_stages) {
  const auto last = spawn<'c'>();
  const auto middle = spawn<'b'>([last](int x) { caf::anon_send(last, x); });
  const auto first = spawn<'a'>([middle](int x) { caf::anon_send(middle, x); });
  for (int i = 0; i < 200; ++i)
    caf::anon_send(first, i);
  end({{"mortal_a"}, {"mortal_b"}, {"mortal_c"}});
  const auto all = told->all();
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& x) { return x[0] == 'c'; }), 200);
  EXPECT_TRUE(comes_before(all, "c199", "end c"));
}

TEST_F(terminator_test, ends_those_that_are_spawned_meanwhile) {
  gate busy;
  std::vector<testing_actor> spawned;
  const auto first = spawn<'a'>([&](int) {
    busy.pass();
    spawned.push_back(spawn<'a'>());
    spawned.push_back(spawn<'b'>());
  });
  caf::anon_send(first, 1);
  busy.wait_for_one();
  std::thread ender{[&] { end({{"mortal_b"}, {"mortal_a"}, {"mortal_b"}}); }};
  std::this_thread::sleep_for(20ms);
  busy.open();
  ender.join();
  EXPECT_EQ(alive(), 0u);
  EXPECT_EQ(told->all(), (words{"a1", "end a", "end a", "end b"}));
}

TEST_F(terminator_test, finds_a_kind_that_was_forgotten_and_ends_it_last) {
  const auto listed = spawn<'a'>();
  const auto forgotten = spawn<'z'>();
  const auto result = end({{"mortal_a"}});
  EXPECT_EQ(result.unlisted, words{"mortal_z"});
  EXPECT_EQ(told->all(), (words{"end a", "end z"}));
  EXPECT_TRUE(result.killed.empty());
  EXPECT_EQ(alive(), 0u);
}

TEST_F(terminator_test, names_one_that_hangs_and_ends_the_others) {
  gate hung;
  const auto first = spawn<'a'>([&](int) { hung.pass(); });
  const auto second = spawn<'b'>();
  const auto forgotten = spawn<'z'>();
  caf::anon_send(first, 1);
  hung.wait_for_one();
  const auto result = end({{"mortal_a"}, {"mortal_b"}}, {50ms, 30ms});
  const words names{"mortal_a #" + std::to_string(first->id())};
  EXPECT_EQ(result.killed, names);
  EXPECT_EQ(result.stuck, names);
  EXPECT_EQ(result.unlisted, words{"mortal_z"});
  EXPECT_EQ(told->all(), (words{"a1", "end b", "end z"}));
  hung.open(); // or the system would wait for it
}

TEST_F(terminator_test, kills_one_that_has_too_much_to_do) {
  const auto slow = spawn<'a'>([](int) { std::this_thread::sleep_for(10ms); });
  for (int i = 0; i < 10'000; ++i)
    caf::anon_send(slow, i);
  const auto result = end({{"mortal_a"}}, {50ms, 20s});
  EXPECT_EQ(result.killed.size(), 1u);
  EXPECT_TRUE(result.stuck.empty());
  EXPECT_LT(told->all().size(), 5000u) << "the rest of its mailbox is not worked off";
  EXPECT_EQ(alive(), 0u);
}

TEST_F(terminator_test, ends_actors_that_live_on_a_thread_of_their_own) {
  io_thread home{system, "home"};
  home.start();
  const auto there = spawn_on(system, &home, mortal<'a'>, std::function<void(int)>{});
  EXPECT_TRUE(end({{"mortal_a"}}).killed.empty());
  EXPECT_EQ(told->all(), words{"end a"});
  home.stop();
}

TEST_F(terminator_test, leaves_the_actors_of_another_system_alone) {
  caf::actor_system_config other_config;
  caf::actor_system other{other_config};
  const auto theirs = spawn_on(other, nullptr, mortal<'a'>, std::function<void(int)>{});
  end({{"mortal_a"}});
  EXPECT_EQ(actor_list::all(other).size(), 1u);
  terminator{other, {{"mortal_a"}}}.run();
}

} // namespace towncrier::hosting
