#include "tests/edge/hub_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::event;
using support::update;

} // namespace

/// A hub beside a peer, whose batches may come later than a client that has heard them at another edge.
struct hub_peers_test : hub_fixture {
  hub_peers_test() {
    start();
    hear(1, {update(character("a", 1, "mill"))});
  }

  void hear(std::uint64_t number, std::vector<model::change> changes,
            protocol::parcel_kind kind = protocol::parcel_kind::exact) {
    send(hub, protocol::peer_batch{support::batch(number, std::move(changes), "n2", 1), kind, 0, {}});
    advance(options.flush_window);
  }
};

TEST_F(hub_peers_test, a_join_waits_for_what_was_heard_elsewhere) {
  auto x = viewer{make_probe<protocol::connection_actor>(), {}, {}};
  send(hub, protocol::join_request{x.probe.handle(), {"world"}, false, "n2:1:2"});
  advance(100ms);
  EXPECT_TRUE(x.probe.take_all().empty());
  hear(2, {event("second")});
  hear(3, {event("third")});
  advance(20ms);
  EXPECT_TRUE(x.probe.take_one<protocol::joined>().resumed);
  EXPECT_EQ(told_all(x), "~!third");
}

TEST_F(hub_peers_test, a_resume_waits_for_what_was_heard_elsewhere) {
  auto x = join({"world"});
  resume(x, "n2:1:2");
  advance(options.resume_grace + 100ms);
  EXPECT_EQ(told(x), "");
  hear(2, {event("second")});
  hear(3, {event("third")});
  advance(20ms);
  EXPECT_EQ(told_all(x), "=true | ~!third");
}

TEST_F(hub_peers_test, a_resume_does_not_wait_for_ever) {
  auto x = join({"world"});
  resume(x, "n2:1:9");
  advance(3s);
  EXPECT_EQ(told_all(x), "=false | a1+");
}

TEST_F(hub_peers_test, who_resumes_after_states_came_out_of_turn_gets_a_snapshot_as_well) {
  auto x = join_live({"world"});
  leave(x);
  hear(1, {update(character("b", 5, "mill"))}, protocol::parcel_kind::objection);
  hear(2, {event("second")});
  auto y = join({"world"}, x.position);
  EXPECT_TRUE(y.welcome.resumed);
  EXPECT_NE(told_all(y).find("b5"), std::string::npos);
}

/// A third origin that is gone, and was forgotten.
struct hub_forgets_test : hub_peers_test {
  hub_forgets_test() {
    say_third(7, 1);
    before = join({"world"}).position;
    say_third(7, 2);
    at_its_end = join({"world"}).position;
    send(hub, protocol::forget_origin{"n3"});
  }

  void say_third(std::uint64_t life, std::uint64_t number) {
    send(hub, protocol::peer_batch{support::batch(number, {event("third")}, "n3", life), {}, 0, {}});
    advance(options.flush_window);
  }

  bool resumes(const std::string& position) { return join({"world"}, position).welcome.resumed; }

  std::string before;
  std::string at_its_end;
};

TEST_F(hub_forgets_test, an_origin_that_is_gone_stands_in_no_position) {
  EXPECT_EQ(at_its_end, "n2:1:1,n3:7:2");
  EXPECT_EQ(join({"world"}).position, "n2:1:1");
}

TEST_F(hub_forgets_test, who_had_all_of_it_resumes) {
  EXPECT_TRUE(resumes(at_its_end));
  hear(2, {event("second")});
  auto x = join({"world"}, at_its_end);
  EXPECT_TRUE(x.welcome.resumed);
  EXPECT_EQ(told_all(x), "~!second");
  EXPECT_EQ(x.position, "n2:1:2");
}

TEST_F(hub_forgets_test, who_missed_some_of_it_gets_a_snapshot) {
  EXPECT_FALSE(resumes(before));
  EXPECT_FALSE(resumes("n2:1:1")) << "from before it came, perhaps";
}

TEST_F(hub_forgets_test, who_was_here_since_then_resumes) {
  hear(2, {event("second")});
  const auto since = join({"world"}).position;
  EXPECT_EQ(since, "n2:1:2");
  hear(3, {event("third")});
  auto x = join({"world"}, since);
  EXPECT_TRUE(x.welcome.resumed);
  EXPECT_EQ(told_all(x), "~!third");
}

TEST_F(hub_forgets_test, what_came_conflated_does_not_show_that) {
  hear(5, {}, protocol::parcel_kind::conflated);
  EXPECT_FALSE(resumes("n2:1:5"));
  hear(6, {});
  EXPECT_TRUE(resumes("n2:1:6"));
}

TEST_F(hub_forgets_test, should_it_come_back_it_is_as_one_that_is_new) {
  hear(2, {event("second")});
  const auto since = join({"world"}).position;
  say_third(9, 1);
  auto x = join({"world"}, since);
  EXPECT_TRUE(x.welcome.resumed);
  EXPECT_EQ(told_all(x), "~!third");
  auto y = join({"world"}, at_its_end);
  EXPECT_TRUE(y.welcome.resumed);
  EXPECT_EQ(told_all(y), "~!second !third") << "nothing of its life before";
  EXPECT_FALSE(resumes(before));
}

TEST_F(hub_forgets_test, its_batches_may_still_have_been_in_the_history) {
  advance(options.history_age + 2s);
  hear(2, {event("second")});
  EXPECT_EQ(join({"world"}).position, "n2:1:2");
}

TEST_F(hub_forgets_test, who_is_being_caught_up_meanwhile_misses_nothing) {
  say_third(9, 1);
  auto x = join({"world"}, at_its_end);
  send(hub, protocol::forget_origin{"n3"});
  hear(2, {event("second")});
  EXPECT_EQ(told_all(x), "~!third | !second");
}

} // namespace towncrier::edge
