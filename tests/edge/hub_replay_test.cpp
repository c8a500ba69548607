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
  for (int i = 2; i <= 6; ++i)
    publish({big("e" + std::to_string(i))});
  auto x = join({"world"}, "n1:1:1");
  subscribe(x, {}, std::nullopt, true);
  EXPECT_EQ(told(x), "~!e2 !e3 | subscribed");
  EXPECT_EQ(x.position, "n1:1:3");
  take_more(x);
  EXPECT_EQ(told(x), "~!e4 !e5");
  EXPECT_EQ(x.position, fanout::unresumable) << "cut off here, it would never get the snapshot";
  take_more(x);
  EXPECT_EQ(told(x), "~!e6 | a1+");
  EXPECT_EQ(x.position, "n1:1:6");
}

TEST_F(hub_replay_test, what_is_not_shown_yet_comes_before_a_snapshot_whose_position_includes_it) {
  for (int i = 2; i <= 4; ++i)
    publish({big("e" + std::to_string(i))});
  auto x = join({"world"}, "n1:1:1");
  subscribe(x, {}, std::nullopt, true);
  EXPECT_EQ(told(x), "~!e2 !e3 | subscribed");
  give(support::batch(++sequence, {event("e5")}, origin));
  give(support::batch(++sequence, {event("e6")}, origin)); // within the window: it is gathered
  take_more(x);
  EXPECT_EQ(told(x), "~!e4 | ~!e5 !e6 | a1+") << "cut off after the snapshot, it would never get e6";
  EXPECT_EQ(x.position, "n1:1:6");
  advance(options.flush_window);
  EXPECT_EQ(told(x), "");
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

TEST_F(hub_replay_test, those_who_come_back_to_one_place_at_once_share_what_they_are_given) {
  for (int i = 2; i <= 5; ++i)
    publish({big("e" + std::to_string(i))});
  const auto piece = [this](const std::string& channel, const std::string& position) {
    return join({channel}, position).probe.take_one<protocol::replay>().chunk;
  };
  const auto first = piece("world", "n1:1:1");
  EXPECT_EQ(piece("world", "n1:1:1"), first);
  EXPECT_NE(piece("world", "n1:1:2"), first);
  EXPECT_NE(piece("event:e2", "n1:1:1"), first);
  advance(recent_pieces::max_age + 1ms);
  EXPECT_NE(piece("world", "n1:1:1"), first) << "its time of sending would be wrong";
}

TEST_F(hub_replay_test, one_that_sees_little_of_a_long_history_is_live_in_the_end) {
  for (int i = 2; i <= 60; ++i)
    publish({big("e" + std::to_string(i))});
  auto x = join({"event:e60"}, "n1:1:1");
  EXPECT_EQ(told(x), "~!e60");
  publish({big("e60")});
  EXPECT_EQ(told(x), "!e60");
}

/// A viewer that was given a piece of what it missed, which its socket does not take, while more and more comes.
struct hub_late_viewer_test : hub_fixture {
  hub_late_viewer_test() {
    options.max_queued_bytes = 190'000;
    start();
    for (int i = 1; i <= 5; ++i)
      publish_big();
  }

  void publish_big() { publish({event("e" + std::to_string(sequence + 1), long_text)}); }

  viewer resume_and_stop() {
    auto x = join({"world"}, "n1:1:1");
    EXPECT_EQ(told(x), "~!e2 !e3");
    return x;
  }
};

TEST_F(hub_late_viewer_test, is_asked_once_when_more_waits_than_for_one_that_is_live) {
  auto x = resume_and_stop(); // e4 and e5 wait
  for (int i = 6; i <= 9; ++i)
    publish_big();
  EXPECT_EQ(told(x), "");
  publish_big();
  EXPECT_EQ(told(x), "late?");
  publish_big();
  EXPECT_EQ(told(x), "");
}

TEST_F(hub_late_viewer_test, is_given_the_rest_as_if_it_were_live_when_it_is_late) {
  auto x = resume_and_stop();
  for (int i = 6; i <= 10; ++i)
    publish_big();
  be_late(x);
  EXPECT_EQ(told(x), "late? | !e4 !e5 | !e6 !e7 | !e8 !e9 | !e10") << "in pieces, but without waiting for its socket";
  EXPECT_EQ(x.position, "n1:1:a");
  publish({event("live")});
  EXPECT_EQ(told(x), "!live");
}

TEST_F(hub_late_viewer_test, goes_on_when_its_socket_took_it_all_the_same) {
  auto x = resume_and_stop();
  for (int i = 6; i <= 10; ++i)
    publish_big();
  take_more(x);
  EXPECT_EQ(told(x), "late? | ~!e4 !e5");
  for (int i = 11; i <= 13; ++i)
    publish_big();
  EXPECT_EQ(told(x), "late?") << "what waits for it has not become less: it is too slow for what happens";
  for (const auto* piece : {"~!e6 !e7", "~!e8 !e9", "~!e10 !e11"}) {
    take_more(x);
    EXPECT_EQ(told(x), piece);
  }
}

TEST_F(hub_late_viewer_test, is_asked_when_what_it_waits_for_is_too_old_to_be_kept) {
  auto x = resume_and_stop();
  advance(options.history_age);
  EXPECT_EQ(x.probe.count<protocol::replay_overdue>(), 0u);
  advance(2s);
  EXPECT_EQ(x.probe.count<protocol::replay_overdue>(), 1u);
  x.probe.clear();
  be_late(x);
  EXPECT_EQ(told(x), "!e4 !e5");
}

TEST_F(hub_late_viewer_test, an_answer_that_was_not_asked_for_changes_nothing) {
  auto x = resume_and_stop();
  be_late(x);
  EXPECT_EQ(told(x), "~!e4 !e5");
}

struct hub_small_history_test : hub_fixture {
  hub_small_history_test() {
    options.history_bytes = 400'000;
    start();
    publish({update(character("a", 1)), event("first")});
  }
};

TEST_F(hub_small_history_test, one_that_is_held_for_too_much_is_given_it_as_if_it_were_live) {
  auto x = join({"event:never", "event:e2", "event:e11"});
  for (int i = 2; i <= 11; ++i)
    publish({event("e" + std::to_string(i), long_text)});
  EXPECT_EQ(told(x), "!e2 !e11");
  resume(x, "n1:1:1");
  EXPECT_EQ(told(x), "=false") << "its time to resume is over";
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
