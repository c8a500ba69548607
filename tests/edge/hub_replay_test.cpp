#include "tests/edge/hub_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::event;
using support::update;

const std::string long_text(40'000, 'x'); // two of these are more than a replay gives at a time

} // namespace

struct hub_replay_test : hub_fixture {
  hub_replay_test() {
    start();
    publish({update(character("a", 1, "mill")), event("first")});
  }

  model::change big(const std::string& name) { return event(name, long_text); }
};

TEST_F(hub_replay_test, a_replay_is_given_piece_by_piece_while_new_batches_arrive) {
  for (int i = 2; i <= 5; ++i)
    publish({big("e" + std::to_string(i))});
  auto x = join({"world"}, "n1:1:1");
  EXPECT_EQ(told(x), "~!e2 !e3");
  EXPECT_EQ(x.position, "n1:1:3");
  publish({event("e6")});
  advance(1s);
  EXPECT_EQ(told(x), "") << "its socket has not taken the first yet";
  take_more(x);
  EXPECT_EQ(told(x), "~!e4 !e5");
  publish({event("e7")});
  take_more(x);
  EXPECT_EQ(told(x), "~!e6 !e7");
  publish({event("e8")});
  EXPECT_EQ(told(x), "!e8");
  EXPECT_EQ(x.position, "n1:1:8");
}

TEST_F(hub_replay_test, a_viewer_that_is_caught_up_in_one_piece_is_live_at_once) {
  publish({event("second")});
  auto x = join({"world"}, "n1:1:1");
  publish({event("third")});
  EXPECT_EQ(told(x), "~!second | !third") << "it need not take the second first";
}

TEST_F(hub_replay_test, a_snapshot_that_is_asked_for_meanwhile_comes_after_the_replay) {
  for (int i = 2; i <= 4; ++i)
    publish({big("e" + std::to_string(i))});
  auto x = join({"world"}, "n1:1:1");
  subscribe(x, {}, std::nullopt, true);
  EXPECT_EQ(told(x), "~!e2 !e3 | subscribed");
  take_more(x);
  EXPECT_EQ(told(x), "~!e4 | a1+");
}

TEST_F(hub_replay_test, a_viewer_that_is_being_caught_up_is_told_no_position_by_heartbeats) {
  for (int i = 2; i <= 4; ++i)
    publish({big("e" + std::to_string(i))});
  auto x = join({"world"}, "n1:1:1");
  send(hub, protocol::heartbeat_order{x.ref(), std::nullopt});
  EXPECT_FALSE(x.probe.take_one<protocol::heartbeat_due>().position);
}

TEST_F(hub_replay_test, one_that_leaves_in_the_middle_costs_nothing_more) {
  for (int i = 2; i <= 5; ++i)
    publish({big("e" + std::to_string(i))});
  auto x = join({"world"}, "n1:1:1");
  leave(x);
  take_more(x);
  auto y = join({"world"}); // in the same place
  take_more(y);
  EXPECT_EQ(told(y), "");
  publish({event("e6")});
  EXPECT_EQ(told(x), "~!e2 !e3");
}

struct hub_small_history_test : hub_fixture {
  hub_small_history_test() {
    options.history_bytes = 400'000;
    start();
    publish({update(character("a", 1)), event("first")});
  }
};

TEST_F(hub_small_history_test, gives_up_on_one_that_takes_too_long) {
  auto x = join({"world"});
  for (int i = 2; i <= 9; ++i)
    publish({event("e" + std::to_string(i), long_text)});
  resume(x, "n1:1:1");
  EXPECT_EQ(told(x), "=true | ~!e2 !e3");
  for (int i = 10; i <= 14; ++i)
    publish({event("e" + std::to_string(i), long_text)});
  // All that is left as if it were live: then its connection keeps the bound.
  EXPECT_EQ(told(x), "!e4 !e5 !e6 !e7 !e8 !e9 !e10 !e11 !e12 !e13 | !e14");
  EXPECT_EQ(x.position, "n1:1:e");
  take_more(x);
  publish({event("e15")});
  EXPECT_EQ(told(x), "!e15");
}

TEST_F(hub_small_history_test, what_no_longer_fits_cannot_be_resumed) {
  for (int i = 2; i <= 20; ++i)
    publish({event("e" + std::to_string(i), long_text)});
  auto x = join({"event:e20"});
  resume(x, "n1:1:1");
  EXPECT_EQ(told_all(x), "=false");
  auto y = join({"event:e20"});
  resume(y, "n1:1:h");
  EXPECT_EQ(told_all(y), "=true | ~!e20");
}

} // namespace towncrier::edge
