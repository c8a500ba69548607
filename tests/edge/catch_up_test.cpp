#include "actors/edge/catch_up.hpp"
#include "tests/support/changes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::batch;
using support::event;
using state = catch_up::state;
using demand = catch_up::demand;

constexpr std::size_t big = 40'000; // two of these are more than a piece

} // namespace

struct catch_up_test : ::testing::Test {
  catch_up_test() {
    options.max_queued_bytes = 190'000;
    options.history_bytes = 400'000;
    options.history_age = 2min;
    watch({"world"});
  }

  void watch(const std::vector<std::string>& channels) { interest.subscribe(slot, parse_channels(channels)); }

  /// Live viewers are shown one more batch.
  void say(const std::string& type, std::size_t bytes = 0) {
    const auto x = batch(++said, {event(type, std::string(bytes, 'x'))});
    known.take_in(*x, x->stamp, protocol::parcel_kind::exact, nullptr, now,
                  [&](const auto&, const fanout::item_ptr& item) { last = item; });
    known.keep(now);
  }

  void say_big(int count) {
    for (int i = 0; i < count; ++i)
      say("e" + std::to_string(said + 1), big);
  }

  catch_up begin() { return {known.stream(), known.position(), options, now}; }

  void resume(catch_up& x, std::string_view position) {
    x.resume(*known.missed_since(*model::position::parse(position), {}), known.stream(), now);
  }

  catch_up resumed(std::string_view position) {
    auto result = begin();
    resume(result, position);
    return result;
  }

  demand bound(catch_up& x) { return x.bound(known.stream(), now); }

  catch_up::piece next(catch_up& x) { return x.next_piece(known.stream(), interest, slot, pieces, now); }

  /// The entries of the next piece; with `.` at its end when the viewer is live then.
  std::string text(catch_up& x) {
    const auto piece = next(x);
    return (piece.chunk ? support::to_text(piece.chunk->entries()) : "") + (piece.is_last ? "." : "");
  }

  static constexpr slot_type slot = 3;
  protocol::edge_options options;
  flow::time_point now{1h};
  replica known{{4'000'000, 2min}};
  flow::interest interest;
  recent_pieces pieces;
  std::uint64_t said = 0;
  fanout::item_ptr last;
};

// -- it waits

TEST_F(catch_up_test, one_that_has_just_come_may_resume_and_is_given_nothing) {
  const auto x = begin();
  EXPECT_EQ(x.at(), state::awaiting_resume);
  EXPECT_TRUE(x.is_waiting());
  EXPECT_EQ(x.reason(), "held_for_resume");
}

TEST_F(catch_up_test, when_its_time_to_resume_is_over_it_is_given_what_came_meanwhile) {
  say("before");
  auto x = begin();
  say("one");
  say("two");
  EXPECT_TRUE(x.release(known.stream(), now));
  EXPECT_EQ(x.at(), state::replaying);
  EXPECT_EQ(x.reason(), "catching_up");
  EXPECT_EQ(text(x), "!one !two.");
  EXPECT_FALSE(x.release(known.stream(), now));
}

TEST_F(catch_up_test, one_that_resumes_is_given_what_it_missed_and_what_came_meanwhile) {
  for (const auto* type : {"one", "two", "three"})
    say(type);
  auto x = begin();
  say("four");
  resume(x, "n1:1:1");
  EXPECT_EQ(x.at(), state::replaying);
  say("five");
  const auto piece = next(x);
  EXPECT_EQ(support::to_text(piece.chunk->entries()), "!two !three !four !five");
  EXPECT_EQ(support::to_text(piece.chunk->position()), "n1:1:5");
  EXPECT_TRUE(piece.is_last);
  EXPECT_FALSE(piece.is_conflated);
}

TEST_F(catch_up_test, waits_for_what_was_heard_elsewhere_but_not_for_long) {
  auto x = begin();
  EXPECT_TRUE(x.await_peers(true, now));
  EXPECT_EQ(x.at(), state::awaiting_peers);
  EXPECT_FALSE(x.release(known.stream(), now)) << "its time to resume does not end now";
  EXPECT_TRUE(x.await_peers(true, now += early_patience - 1ms));
  EXPECT_FALSE(x.await_peers(true, now += 1ms));
  EXPECT_TRUE(x.is_waiting());
}

TEST_F(catch_up_test, goes_on_as_soon_as_that_has_come) {
  say("one");
  say("two");
  auto x = begin();
  EXPECT_TRUE(x.await_peers(true, now));
  EXPECT_FALSE(x.await_peers(false, now));
  resume(x, "n1:1:1");
  EXPECT_EQ(text(x), "!two.");
}

// -- pieces

TEST_F(catch_up_test, is_given_piece_by_piece) {
  say("e1");
  say_big(4);
  auto x = resumed("n1:1:1");
  EXPECT_EQ(text(x), "!e2 !e3");
  say("e6");
  EXPECT_EQ(text(x), "!e4 !e5");
  EXPECT_EQ(text(x), "!e6.");
}

TEST_F(catch_up_test, is_given_what_it_sees_and_looks_at_a_bounded_part_of_the_stream) {
  interest.remove(slot);
  watch({"event:e60"});
  say("e1");
  say_big(59);
  auto x = resumed("n1:1:1");
  EXPECT_EQ(text(x), "") << "a mebibyte of it was looked at";
  EXPECT_EQ(text(x), "");
  EXPECT_EQ(text(x), "!e60.");
}

TEST_F(catch_up_test, one_that_is_to_get_a_snapshot_cannot_go_on_from_a_piece) {
  say("one");
  say("two");
  auto x = resumed("n1:1:1");
  x.want_snapshot();
  EXPECT_EQ(support::to_text(next(x).chunk->position()), fanout::unresumable);
}

TEST_F(catch_up_test, a_snapshot_that_was_wanted_before_it_resumed_is_still_wanted) {
  say("one");
  auto x = begin();
  x.want_snapshot();
  resume(x, "n1:1:1");
  EXPECT_TRUE(x.wants_snapshot());
}

TEST_F(catch_up_test, those_that_come_back_to_one_place_share_their_pieces) {
  say("one");
  say("two");
  auto x = resumed("n1:1:1");
  auto y = resumed("n1:1:1");
  EXPECT_EQ(next(x).chunk, next(y).chunk);
}

// -- followed messages

TEST_F(catch_up_test, a_followed_item_goes_with_the_piece_that_shows_it) {
  say("e1");
  say_big(2);
  auto x = resumed("n1:1:1");
  say("e4");
  x.follow({last, nullptr, true});
  EXPECT_TRUE(next(x).chunk->followed().empty());
  const auto piece = next(x);
  ASSERT_EQ(piece.chunk->followed().size(), 1u);
  EXPECT_EQ(piece.chunk->followed()[0].what, last);
  EXPECT_TRUE(x.give_up_followed().empty());
}

TEST_F(catch_up_test, a_followed_item_that_it_does_not_see_any_more_is_named) {
  auto x = begin();
  say("rain");
  x.follow({last, nullptr, true});
  interest.remove(slot);
  watch({"event:snow"});
  x.release(known.stream(), now);
  EXPECT_EQ(next(x).unseen.size(), 1u);
}

TEST_F(catch_up_test, gives_up_what_it_has_not_been_given) {
  auto x = begin();
  say("rain");
  x.follow({last, nullptr, true});
  EXPECT_EQ(x.give_up_followed().size(), 1u);
  EXPECT_TRUE(x.give_up_followed().empty());
}

// -- bounds

TEST_F(catch_up_test, no_more_than_the_history_may_hold_waits_for_one_that_may_resume) {
  for (const auto waits_for_peers : {false, true}) {
    auto x = begin();
    if (waits_for_peers)
      x.await_peers(true, now);
    const auto from = known.stream().end();
    while (bound(x) == demand::nothing) {
      ASSERT_LE(known.stream().bytes_from(*from), options.history_bytes);
      say_big(1);
    }
    EXPECT_EQ(x.at(), state::conflated);
    EXPECT_GT(known.stream().bytes_from(*from), options.history_bytes);
    EXPECT_TRUE(next(x).is_conflated);
    EXPECT_EQ(bound(x), demand::nothing) << "it is given the rest already";
  }
}

TEST_F(catch_up_test, is_asked_once_when_it_comes_no_nearer) {
  say("e1");
  say_big(4);
  auto x = resumed("n1:1:1");
  EXPECT_EQ(text(x), "!e2 !e3"); // e4 and e5 wait
  say_big(4);
  EXPECT_EQ(bound(x), demand::nothing) << "as much as may wait for one that is live";
  say_big(1);
  EXPECT_EQ(bound(x), demand::ask_connection);
  EXPECT_EQ(x.at(), state::asked);
  say_big(1);
  EXPECT_EQ(bound(x), demand::nothing);
}

TEST_F(catch_up_test, is_asked_when_its_socket_has_taken_nothing_for_long) {
  say("e1");
  say_big(4);
  auto x = resumed("n1:1:1");
  next(x);
  now += options.history_age;
  EXPECT_EQ(bound(x), demand::nothing);
  now += 1ms;
  EXPECT_EQ(bound(x), demand::ask_connection);
}

TEST_F(catch_up_test, one_that_could_resume_is_not_slow_before_it_was_given_anything) {
  auto x = begin();
  now += options.history_age + 1s;
  say("one");
  x.release(known.stream(), now);
  EXPECT_EQ(bound(x), demand::nothing);
}

TEST_F(catch_up_test, one_whose_socket_took_it_goes_on) {
  say("e1");
  say_big(4);
  auto x = resumed("n1:1:1");
  next(x);
  say_big(5);
  bound(x);
  x.answer(false);
  EXPECT_EQ(x.at(), state::replaying);
  EXPECT_FALSE(next(x).is_conflated);
}

TEST_F(catch_up_test, one_whose_socket_is_stuck_is_given_the_rest_conflated) {
  say("e1");
  say_big(4);
  auto x = resumed("n1:1:1");
  next(x);
  say_big(5);
  bound(x);
  x.answer(true);
  EXPECT_EQ(x.at(), state::conflated);
  const auto piece = next(x);
  EXPECT_TRUE(piece.is_conflated);
  EXPECT_EQ(support::to_text(piece.chunk->entries()), "!e4 !e5");
  x.answer(false);
  EXPECT_EQ(x.at(), state::conflated) << "it stays so until it is live";
}

TEST_F(catch_up_test, an_answer_that_was_not_asked_for_changes_nothing) {
  say("e1");
  say_big(4);
  auto x = resumed("n1:1:1");
  x.answer(true);
  EXPECT_EQ(x.at(), state::replaying);
}

// -- anything may happen

/// Whatever happens, in whichever order: it goes from one state to another only where that is legal, what waits for it
/// is bounded, and it is given everything once and in order.
TEST_F(catch_up_test, only_legal_transitions_and_everything_once) {
  const std::set<std::pair<state, state>> legal{{state::awaiting_resume, state::awaiting_peers},
                                                {state::awaiting_resume, state::replaying},
                                                {state::awaiting_resume, state::conflated},
                                                {state::awaiting_peers, state::awaiting_resume},
                                                {state::awaiting_peers, state::replaying},
                                                {state::awaiting_peers, state::conflated},
                                                {state::replaying, state::asked},
                                                {state::asked, state::replaying},
                                                {state::asked, state::conflated}};
  std::set<std::pair<state, state>> seen;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 dice{seed};
    const auto any = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
    known = replica{{4'000'000, 24h}};
    said = 0;
    say("e1");
    say("e2");
    auto x = begin();
    const auto began = known.stream().end();
    std::uint64_t given = said;
    bool is_live = false;
    for (int i = 0; i < 60 && !is_live; ++i) {
      const auto before = x.at();
      switch (any(8)) {
        case 0:
          if (x.is_waiting())
            x.await_peers(any(2) == 0, now);
          break;
        case 1:
          if (x.is_waiting() && any(3) == 0) {
            resume(x, "n1:1:1");
            given = 1;
          }
          break;
        case 2:
          if (any(3) == 0)
            x.release(known.stream(), now);
          break;
        case 3:
          x.answer(any(2) == 0);
          break;
        case 4:
          if (any(4) == 0)
            now += 1min;
          break;
        case 5:
          if (!x.is_waiting()) {
            const auto piece = next(x);
            for (const auto& entry : piece.chunk ? piece.chunk->entries() : std::vector<fanout::entry>{})
              EXPECT_EQ(support::to_text(entry), "!e" + std::to_string(++given)) << "seed " << seed;
            is_live = piece.is_last;
          }
          break;
        default:
          say_big(1 + any(2));
          bound(x);
      }
      if (x.at() != before) {
        EXPECT_TRUE(legal.contains({before, x.at()}))
            << "seed " << seed << " from " << static_cast<int>(before) << " to " << static_cast<int>(x.at());
        seen.emplace(before, x.at());
      }
      if (x.is_waiting()) {
        EXPECT_LE(known.stream().bytes_from(*began), options.history_bytes) << "seed " << seed;
      }
    }
    if (is_live) {
      EXPECT_EQ(given, said) << "seed " << seed;
    }
  }
  EXPECT_EQ(seen, legal) << "all of them happened";
}

} // namespace towncrier::edge
