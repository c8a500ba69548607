#include "actors/world/batcher.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"

namespace towncrier::world {

namespace {

using namespace std::chrono_literals;

} // namespace

struct batcher_test : support::actor_fixture {
  support::probe<protocol::exchange_actor> exchange = make_probe<protocol::exchange_actor>();
  protocol::batcher_options options{3, 50ms};
  protocol::batcher_actor batcher;

  void start() { batcher = spawn(world::batcher, exchange.handle(), std::string{"n1"}, std::uint64_t{7}, options); }

  void add(const std::string& name, protocol::receipt_ptr receipt = nullptr) {
    send(batcher, protocol::outgoing_change{support::event(name), std::move(receipt)});
  }

  static std::string text(const protocol::outgoing_batch& x) {
    std::string result = std::to_string(x.batch->stamp.sequence) + ":";
    for (const auto& change : x.batch->changes)
      result += " " + std::get<model::event_ptr>(change)->event_type;
    return result;
  }

  std::vector<std::string> sent() {
    std::vector<std::string> result;
    for (const auto& x : exchange.take<protocol::outgoing_batch>())
      result.push_back(text(x));
    return result;
  }

  using texts = std::vector<std::string>;
};

TEST_F(batcher_test, sends_what_is_full_at_once) {
  start();
  add("first");
  for (const auto* name : {"a", "b", "c", "d"})
    add(name);
  EXPECT_EQ(sent(), (texts{"1: first", "2: a b c"}));
}

TEST_F(batcher_test, gathers_all_that_came_together_after_a_quiet_time) {
  options.max_size = 100;
  start();
  for (const auto* name : {"a", "b", "c", "d"})
    caf::anon_send(batcher, protocol::outgoing_change{support::event(name), nullptr});
  run();
  EXPECT_EQ(sent(), texts{"1: a b c d"});
}

TEST_F(batcher_test, sends_a_lone_change_at_once) {
  start();
  add("a");
  EXPECT_EQ(sent(), texts{"1: a"});
  advance(10s);
  add("b");
  EXPECT_EQ(sent(), texts{"2: b"});
}

TEST_F(batcher_test, sends_what_waited_long_enough) {
  start();
  add("first");
  EXPECT_EQ(sent(), texts{"1: first"});
  add("a");
  advance(30ms);
  add("b");
  advance(19ms);
  EXPECT_TRUE(exchange.empty());
  advance(1ms);
  EXPECT_EQ(sent(), texts{"2: a b"}) << "the time is that since the batch before";
}

TEST_F(batcher_test, the_time_of_a_batch_that_left_early_is_not_that_of_the_next) {
  start();
  add("first");
  advance(10ms);
  for (const auto* name : {"a", "b", "c"})
    add(name);
  EXPECT_EQ(sent(), (texts{"1: first", "2: a b c"}));
  add("d");
  advance(40ms); // when the second would have been due
  EXPECT_TRUE(exchange.empty());
  advance(10ms);
  EXPECT_EQ(sent(), texts{"3: d"});
}

TEST_F(batcher_test, says_nothing_when_there_is_nothing) {
  start();
  advance(10s);
  EXPECT_TRUE(exchange.empty());
}

TEST_F(batcher_test, stamps_each_batch_with_node_life_and_a_sequence_from_one) {
  options.max_size = 1;
  start();
  for (const auto* name : {"a", "b", "c"})
    add(name);
  std::uint64_t sequence = 0;
  for (const auto& x : exchange.take<protocol::outgoing_batch>())
    EXPECT_EQ(x.batch->stamp, (model::origin_position{"n1", 7, ++sequence}));
  EXPECT_EQ(sequence, 3u);
}

TEST_F(batcher_test, without_a_wait_it_sends_all_that_is_in_its_mailbox) {
  options = {100, 0ms};
  start();
  for (const auto* name : {"a", "b", "c"})
    caf::anon_send(batcher, protocol::outgoing_change{support::event(name), nullptr});
  run();
  add("d");
  EXPECT_EQ(sent(), (texts{"1: a b c", "2: d"}));
}

TEST_F(batcher_test, a_batch_holds_the_receipts_of_what_is_in_it_and_no_others) {
  start();
  add("earlier");
  exchange.clear();
  auto first = std::make_shared<const int>(1);
  auto second = std::make_shared<const int>(2);
  const std::weak_ptr<const int> kept = first;
  add("a", first);
  add("b", first);
  add("c", second);
  add("d", std::move(second));
  first = nullptr;
  {
    const auto batch = exchange.take_one<protocol::outgoing_batch>();
    EXPECT_EQ(batch.receipts.size(), 2u);
    EXPECT_FALSE(kept.expired());
  }
  EXPECT_TRUE(kept.expired());
  advance(50ms);
  EXPECT_EQ(exchange.take_one<protocol::outgoing_batch>().receipts.size(), 1u);
}

} // namespace towncrier::world
