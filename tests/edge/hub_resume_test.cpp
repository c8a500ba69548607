#include "tests/edge/hub_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::batch;
using support::character;
using support::event;
using support::removed;
using support::state_change;
using support::update;

} // namespace

struct hub_resume_test : hub_fixture {
  hub_resume_test() {
    start();
    publish({update(character("a", 1, "mill")), event("first")});
  }
};

TEST_F(hub_resume_test, a_newcomer_is_told_where_the_stream_stands) {
  const auto x = join({"world"});
  EXPECT_FALSE(x.welcome.resumed);
  EXPECT_EQ(support::to_text(x.welcome.position), "n1:1:1");
}

TEST_F(hub_resume_test, what_happens_during_the_grace_waits_and_is_not_lost) {
  auto x = join({"world"});
  publish({event("second")});
  advance(options.resume_grace - 3ms);
  EXPECT_EQ(told(x), "");
  advance(3ms);
  EXPECT_EQ(told(x), "~!second");
  EXPECT_EQ(x.position, "n1:1:2");
  publish({event("third")});
  EXPECT_EQ(told(x), "!third");
}

TEST_F(hub_resume_test, gives_exactly_what_was_missed_before_anything_else) {
  auto x = join_live({"world"});
  const auto position = x.position;
  leave(x);
  publish({event("second"), update(character("a", 2, "mill"))});
  publish({event("third")});
  auto y = join({"world"});
  publish({event("fourth")});
  resume(y, position);
  publish({event("fifth")});
  EXPECT_EQ(told_all(y), "=true | ~!second a2 !third !fourth | !fifth");
  EXPECT_EQ(y.position, "n1:1:5");
}

TEST_F(hub_resume_test, the_position_can_stand_in_the_join) {
  auto x = join_live({"world"});
  publish({event("second")});
  told(x);
  leave(x);
  publish({event("third")});
  auto y = join({"world"}, x.position);
  EXPECT_TRUE(y.welcome.resumed);
  EXPECT_EQ(support::to_text(y.welcome.position), "n1:1:2") << "it was not given more yet";
  EXPECT_EQ(told_all(y), "~!third");
  publish({event("fourth")});
  EXPECT_EQ(told(y), "!fourth");
}

TEST_F(hub_resume_test, a_viewer_that_resumes_in_the_join_without_channels_watches_the_world) {
  publish({event("second")});
  auto x = join({}, "n1:1:1");
  EXPECT_EQ(told_all(x), "~!second");
  subscribe(x, {"event:rain"});
  publish({event("third"), event("rain")});
  EXPECT_EQ(told(x), "subscribed | !rain") << "its first subscribe says what it watches";
}

TEST_F(hub_resume_test, resume_instead_of_subscribe_watches_the_world) {
  auto x = join({});
  publish({event("second")});
  resume(x, "n1:1:1");
  EXPECT_EQ(told_all(x), "=true | ~!second");
  subscribe(x, {"event:rain"});
  publish({event("third"), event("rain")});
  EXPECT_EQ(told(x), "subscribed | !rain");
}

TEST_F(hub_resume_test, missing_nothing_is_resumed_too) {
  auto x = join({"world"});
  resume(x, x.position);
  EXPECT_EQ(told_all(x), "=true");
  publish({event("second")});
  EXPECT_EQ(told(x), "!second");
}

TEST_F(hub_resume_test, missing_nothing_is_resumed_even_when_the_history_is_gone) {
  auto x = join_live({"world"});
  leave(x);
  advance(10min);
  auto y = join({"world"});
  resume(y, x.position);
  EXPECT_EQ(told_all(y), "=true");
}

TEST_F(hub_resume_test, who_was_away_longer_than_the_history_gets_a_snapshot) {
  auto x = join_live({"world"});
  leave(x);
  publish({update(character("b", 1))});
  advance(3min);
  publish({update(character("b", 2)), event("late")});
  auto y = join({"world"});
  resume(y, x.position);
  const auto text = told_all(y);
  EXPECT_TRUE(text == "=false | a1+ b2+" || text == "=false | b2+ a1+") << text;
  EXPECT_EQ(y.position, "n1:1:3");
  publish({event("next")});
  EXPECT_EQ(told(y), "!next");
}

TEST_F(hub_resume_test, a_position_in_the_join_that_is_too_old_gives_a_snapshot) {
  publish({event("second")});
  advance(3min);
  auto x = join({"world"}, "n1:1:1");
  EXPECT_FALSE(x.welcome.resumed);
  EXPECT_EQ(support::to_text(x.welcome.position), "n1:1:1") << "until it has the snapshot, it is where it was";
  EXPECT_EQ(told_all(x), "a1+");
  EXPECT_EQ(x.position, "n1:1:2");
  publish({event("third")});
  EXPECT_EQ(told(x), "!third");
}

TEST_F(hub_resume_test, forged_positions_give_a_snapshot) {
  for (const auto* position :
       {"n1:1:2", "n1:2:1", "n9:1:1", "n1:1:1,n9:1:1", "nonsense", "n1:0:1", "n1:1:zzzzzzzzzzzz"}) {
    auto x = join({"world"});
    resume(x, position);
    EXPECT_EQ(told_all(x), "=false | a1+") << position;
    leave(x);
  }
}

TEST_F(hub_resume_test, a_forged_position_in_the_join_is_not_given_back) {
  EXPECT_EQ(support::to_text(join({"world"}, "\xff\"nonsense").welcome.position), "");
}

TEST_F(hub_resume_test, goes_on_in_the_next_life_of_an_origin) {
  auto x = join_live({"world"});
  leave(x);
  incarnation = 2;
  sequence = 0;
  publish({event("reborn")});
  auto y = join({"world"});
  resume(y, x.position);
  EXPECT_EQ(told_all(y), "=true | ~!reborn");
  EXPECT_EQ(y.position, "n1:2:1");
}

TEST_F(hub_resume_test, a_life_whose_end_was_not_seen_gives_a_snapshot) {
  publish({event("second")});
  incarnation = 2;
  sequence = 0;
  publish({event("reborn")});
  auto x = join({"world"});
  resume(x, "n1:1:1"); // it is not known here that batch 2 was the last of its life, and it is not at it
  EXPECT_EQ(told_all(x), "=false | a1+");
}

TEST_F(hub_resume_test, an_origin_that_is_new_is_given_from_its_first_batch) {
  auto x = join_live({"world"});
  leave(x);
  give(batch(1, {event("new here")}, "n2", 5));
  advance(2ms);
  auto y = join({"world"});
  resume(y, x.position);
  EXPECT_EQ(told_all(y), "=true | ~!new here");
}

TEST_F(hub_resume_test, an_origin_whose_first_batches_were_not_seen_gives_a_snapshot) {
  auto x = join_live({"world"});
  leave(x);
  give(batch(7, {event("seventh")}, "n2", 5));
  advance(2ms);
  auto y = join({"world"});
  resume(y, x.position);
  EXPECT_EQ(told_all(y), "=false | a1+");
}

TEST_F(hub_resume_test, resuming_twice_gives_what_was_missed_once) {
  publish({event("second")});
  auto x = join({"world"});
  resume(x, "n1:1:1");
  resume(x, "n1:1:1");
  EXPECT_EQ(told_all(x), "=true | ~!second | =false | a1+");
}

TEST_F(hub_resume_test, resuming_once_it_was_shown_what_is_live_gives_a_snapshot) {
  auto x = join({"world"});
  publish({event("second")});
  advance(options.resume_grace);
  resume(x, "n1:1:1");
  EXPECT_EQ(told_all(x), "~!second | =false | a1+");
}

TEST_F(hub_resume_test, many_resume_at_once_and_each_gets_its_own) {
  for (int i = 2; i <= 50; ++i)
    publish({event("e" + std::to_string(i))});
  std::vector<viewer> all;
  for (int i = 0; i < 40; ++i)
    all.push_back(join({"world"}));
  for (std::size_t i = 0; i < all.size(); ++i) {
    model::position from;
    from.advance({"n1", 1, 50 - i});
    resume(all[i], from.to_string());
  }
  publish({event("live")});
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::string expected = "=true";
    for (auto n = 51 - i; n <= 50; ++n)
      expected += (n == 51 - i ? " | ~!e" : " !e") + std::to_string(n);
    EXPECT_EQ(told_all(all[i]), expected + " | !live");
  }
}

TEST_F(hub_resume_test, a_narrow_viewer_is_given_what_it_would_have_seen) {
  publish({update(character("b", 1, "square")), event("rain")});
  publish({state_change(character("b", 2, "mill")), event("snow")});
  publish({state_change(character("b", 3, "square")), removed(character("b", 4, "mill"))});
  publish({state_change(character("a", 2, "mill")), removed(character("unknown", 1, "mill"))});
  auto x = join({"location:mill", "event:snow"}, "n1:1:1");
  EXPECT_EQ(told_all(x), "~b2+ !snow b3-location a2");
}

TEST_F(hub_resume_test, snapshot_in_a_subscribe_during_the_grace_begins_at_once) {
  auto x = join({"world"}, {}, true);
  publish({event("second")});
  subscribe(x, {"location:mill"}, std::nullopt, true);
  EXPECT_EQ(told(x), "subscribed | a1+");
  publish({update(character("a", 2, "mill"))});
  EXPECT_EQ(told(x), "a2");
  advance(options.resume_grace);
  EXPECT_EQ(told(x), "");
}

TEST_F(hub_resume_test, subscribe_during_the_grace_still_lets_it_resume) {
  auto x = join({"world"}, {}, true);
  publish({event("rain"), event("snow")});
  subscribe(x, {"event:rain"});
  resume(x, "n1:1:1");
  EXPECT_EQ(told_all(x), "subscribed | =true | ~!rain");
}

} // namespace towncrier::edge
