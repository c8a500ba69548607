#include "actors/edge/replica.hpp"
#include "tests/support/changes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using protocol::parcel_kind;
using support::batch;
using support::character;
using support::event;
using support::removed;
using support::update;

model::change keyed_event(std::string type, std::uint64_t key) {
  return std::make_shared<const model::event>(model::event{std::move(type), {}, 1, key});
}

model::position parsed(std::string_view text) { return *model::position::parse(text); }

} // namespace

struct replica_test : ::testing::Test {
  replica known{{1'000'000, 2min}};
  flow::time_point now{1h};
  wants_ptr in_force = std::make_shared<const protocol::wants>();

  /// The items that came of a batch, `-` for a change that was left out; `known` when it was taken in already.
  std::string take_in(const model::batch_ptr& x, parcel_kind kind = parcel_kind::exact) {
    auto stamp = known.stamp_of(*x, kind);
    if (!stamp)
      return "known";
    std::string result;
    known.take_in(*x, *stamp, kind, in_force, now, [&](const model::change&, const fanout::item_ptr& item) {
      result += (result.empty() ? "" : " ") + (item ? support::to_text(fanout::entry{item}) : "-");
      items.push_back(item);
    });
    return result;
  }

  std::string take_in_and_keep(const model::batch_ptr& x, parcel_kind kind = parcel_kind::exact) {
    auto result = take_in(x, kind);
    known.keep(now);
    return result;
  }

  /// What follows a place in the stream, as stamps.
  static std::string follows(const place_ptr& from) {
    std::string result;
    for (auto at = from.get(); at->what; at = at->next.get())
      result += (result.empty() ? "" : " ") + at->what->stamp.origin + ":" + std::to_string(at->what->stamp.sequence);
    return result;
  }

  /// What a viewer that watches `watched` is given from a position on; `no` when that cannot be said exactly.
  std::string missed(std::string_view position, const protocol::wants& watched = {}) {
    const auto start = known.missed_since(parsed(position), watched);
    return start ? follows(start->next) : "no";
  }

  std::vector<fanout::item_ptr> items;
};

// -- taking in

TEST_F(replica_test, takes_each_batch_in_once) {
  EXPECT_EQ(take_in(batch(1, {event("one")})), "!one");
  EXPECT_EQ(take_in(batch(1, {event("one")})), "known");
  EXPECT_EQ(take_in(batch(2, {event("two")})), "!two");
  EXPECT_EQ(take_in(batch(1, {event("one")})), "known");
  EXPECT_EQ(take_in(batch(9, {event("of a former life")}, "n1", 0)), "known");
  EXPECT_EQ(take_in(batch(1, {event("of another")}, "n2")), "!of another");
}

TEST_F(replica_test, leaves_out_what_is_older_than_what_it_knows) {
  EXPECT_EQ(take_in(batch(1, {update(character("a", 5)), update(character("a", 4)), update(character("a", 5))})),
            "a5 - -");
  EXPECT_EQ(take_in(batch(2, {removed(character("a", 6)), update(character("a", 6))})), "a6x -");
  EXPECT_EQ(known.latest().size(), 0u);
  EXPECT_EQ(known.changes(), 2u) << "what is left out counts for nothing";
}

TEST_F(replica_test, an_item_knows_the_state_before_it_and_its_number) {
  take_in(batch(1, {update(character("a", 1, "mill")), event("e"), update(character("a", 2, "square"))}));
  EXPECT_FALSE(items[0]->before());
  EXPECT_EQ(items[2]->before()->location, "mill");
  EXPECT_EQ(items[0]->number(), 1u);
  EXPECT_EQ(items[2]->number(), 2u);
  EXPECT_EQ(*known.latest().find({"a", false}), items[2]);
}

TEST_F(replica_test, takes_an_event_that_two_nodes_tell_of_once) {
  EXPECT_EQ(take_in(batch(1, {keyed_event("noon", 7)})), "!noon");
  EXPECT_EQ(take_in(batch(1, {keyed_event("noon", 7), keyed_event("dusk", 8), event("e"), event("e")}, "n2")),
            "- !dusk !e !e");
}

// -- what is pending

TEST_F(replica_test, a_batch_counts_at_once_and_is_in_the_stream_when_it_is_kept) {
  const auto end = known.stream().end();
  take_in(batch(1, {event("one")}));
  take_in(batch(2, {event("two")}));
  EXPECT_EQ(*known.position_text(), "n1:1:2");
  EXPECT_TRUE(known.has_pending());
  EXPECT_EQ(known.stream().end(), end);
  known.keep(now);
  EXPECT_FALSE(known.has_pending());
  EXPECT_EQ(follows(end), "n1:1 n1:2");
}

TEST_F(replica_test, the_text_of_its_position_is_shared_until_it_changes) {
  take_in(batch(1, {event("one")}));
  const auto text = known.position_text();
  EXPECT_EQ(known.position_text(), text);
  take_in(batch(2, {event("two")}));
  EXPECT_EQ(*text, "n1:1:1");
  EXPECT_EQ(*known.position_text(), "n1:1:2");
}

// -- what was missed

TEST_F(replica_test, says_what_was_missed_since_a_position) {
  for (std::uint64_t i = 1; i <= 3; ++i)
    take_in_and_keep(batch(i, {event("e")}));
  take_in_and_keep(batch(1, {event("e")}, "n2"));
  EXPECT_EQ(missed("n1:1:1,n2:1:1"), "n1:2 n1:3 n2:1") << "from the first that is missing on";
  EXPECT_EQ(missed("n1:1:3,n2:1:1"), "");
  EXPECT_EQ(missed("n1:1:4,n2:1:1"), "no") << "it has heard what is not known here";
  EXPECT_EQ(missed("n3:1:1"), "no");
}

TEST_F(replica_test, its_history_is_bounded_by_bytes) {
  known = replica{{100'000, 2min}};
  std::size_t most = 0;
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    take_in_and_keep(batch(i, {event("e", std::string(1'000, 'x'))}));
    most = std::max(most, known.history_bytes());
  }
  EXPECT_LE(most, 100'000u);
  EXPECT_GT(most, 50'000u);
  EXPECT_EQ(missed("n1:1:1"), "no");
  EXPECT_EQ(missed("n1:1:rr"), "n1:1000") << "999 in base 36";
}

TEST_F(replica_test, its_history_is_bounded_by_age) {
  take_in_and_keep(batch(1, {event("e")}));
  take_in_and_keep(batch(2, {event("e")}));
  now += 2min;
  known.evict(now);
  EXPECT_EQ(missed("n1:1:1"), "n1:2");
  now += 1ms;
  known.evict(now);
  EXPECT_EQ(missed("n1:1:1"), "no");
  EXPECT_EQ(missed("n1:1:2"), "");
  EXPECT_EQ(known.history_bytes(), 0u);
}

TEST_F(replica_test, nobody_resumes_within_what_came_conflated) {
  take_in_and_keep(batch(1, {event("e")}));
  take_in_and_keep(batch(5, {update(character("a", 9))}), parcel_kind::conflated);
  take_in_and_keep(batch(6, {event("e")}));
  EXPECT_EQ(missed("n1:1:1"), "no");
  EXPECT_EQ(missed("n1:1:5"), "n1:6");
}

TEST_F(replica_test, who_watches_no_more_than_was_wanted_resumes_over_what_was_thinned_out) {
  const protocol::wants rain{false, {"event:rain"}};
  in_force = std::make_shared<const protocol::wants>(rain);
  take_in_and_keep(batch(1, {event("rain")}));
  take_in_and_keep(batch(5, {}), parcel_kind::thin);
  take_in_and_keep(batch(6, {event("rain")}));
  EXPECT_EQ(missed("n1:1:1", rain), "n1:5 n1:6");
  EXPECT_EQ(missed("n1:1:3", rain), "n1:5 n1:6") << "it stands for all four";
  EXPECT_EQ(missed("n1:1:1", {false, {"event:snow"}}), "no");
  EXPECT_EQ(missed("n1:1:1"), "no");
}

TEST_F(replica_test, objections_move_no_position_and_ask_for_a_snapshot_as_long_as_viewers_may_resume) {
  take_in_and_keep(batch(3, {update(character("a", 5))}, "n2"));
  EXPECT_FALSE(known.was_restated(now));
  EXPECT_EQ(take_in_and_keep(batch(9, {update(character("a", 4))}, "n2"), parcel_kind::objection), "-");
  EXPECT_FALSE(known.was_restated(now)) << "nothing was new";
  EXPECT_EQ(take_in_and_keep(batch(9, {update(character("a", 7))}, "n2"), parcel_kind::objection), "a7");
  EXPECT_EQ(*known.position_text(), "n2:1:3");
  EXPECT_TRUE(known.was_restated(now + 2min - 1ms));
  EXPECT_FALSE(known.was_restated(now + 2min));
}

// -- other nodes

TEST_F(replica_test, only_of_peers_it_knows_that_something_is_still_on_its_way) {
  take_in_and_keep(batch(1, {event("e")}));
  take_in_and_keep(batch(1, {event("e")}, "n2"));
  known.note_peer("n2");
  EXPECT_TRUE(known.is_ahead("n2:1:2"));
  EXPECT_TRUE(known.is_ahead("n2:2:1")) << "another life";
  EXPECT_FALSE(known.is_ahead("n2:1:1"));
  EXPECT_FALSE(known.is_ahead("n1:1:2")) << "of its own node it has all that there is";
  EXPECT_FALSE(known.is_ahead("n3:1:2")) << "of which it knows nothing";
  EXPECT_FALSE(known.is_ahead("no position"));
}

TEST_F(replica_test, positions_do_not_name_who_was_forgotten) {
  take_in_and_keep(batch(1, {event("e")}));
  take_in_and_keep(batch(2, {event("e")}, "n2"));
  known.note_peer("n2");
  known.forget("n2");
  EXPECT_EQ(*known.position_text(), "n1:1:1");
  EXPECT_EQ(known.forgotten_origins(), 1u);
  EXPECT_FALSE(known.is_ahead("n2:1:9"));
  EXPECT_EQ(missed("n1:1:1,n2:1:2"), "") << "it had all of it";
  EXPECT_EQ(missed("n1:1:1,n2:1:1"), "no");
}

/// Several nodes speak at random; who comes back anywhere is given what it missed, once, and nothing that it had.
TEST_F(replica_test, whoever_comes_back_is_given_exactly_what_it_missed) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 dice{seed};
    const auto any = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
    known = replica{{1'000'000, 2min}};
    std::map<std::string, std::uint64_t> said;
    std::vector<std::string> all;
    std::vector<std::pair<std::string, std::size_t>> seen; // positions, and how many batches came before them
    for (int i = 0; i < 100; ++i) {
      const auto origin = "n" + std::to_string(1 + any(3));
      take_in(batch(++said[origin], {event("e")}, origin));
      all.push_back(origin + ":" + std::to_string(said[origin]));
      if (any(3) != 0)
        continue;
      known.keep(now);
      seen.emplace_back(*known.position_text(), all.size());
    }
    known.keep(now);
    for (const auto& [position, count] : seen) {
      std::string expected;
      for (auto i = count; i < all.size(); ++i)
        expected += (expected.empty() ? "" : " ") + all[i];
      EXPECT_EQ(missed(position), expected) << "seed " << seed << " from " << position;
    }
  }
}

#ifndef NDEBUG
TEST_F(replica_test, nobody_comes_back_while_something_is_pending) {
  take_in_and_keep(batch(1, {event("e")}));
  take_in(batch(2, {event("e")}));
  EXPECT_DEATH(missed("n1:1:1"), "pending");
}
#endif

} // namespace towncrier::edge
