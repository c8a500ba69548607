#include "actors/edge/flush_window.hpp"
#include "tests/support/changes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::event;
using support::state_change;
using support::update;

fanout::item_ptr item(model::change x, model::character_ptr before = nullptr) {
  return std::make_shared<const fanout::item>(std::move(x), std::move(before));
}

} // namespace

struct flush_window_test : ::testing::Test {
  flow::time_point now{1h};
  std::set<slot_type> away; ///< viewers that are not live
  /// What was shown: `* ...` to the world, `3 ...` to the viewer in slot 3, `.` at the end of a flush.
  std::vector<std::string> shown;
  std::vector<fanout::chunk_ptr> chunks;
  flush_window window{[this](gathered& x) { show(x); }};
  model::position position;
  std::uint64_t batches = 0;

  void show(gathered& x) {
    x.end_at(support::position_of(position.to_string()));
    if (!x.entries().empty() && !window.interest().world().empty())
      note("*", x.for_world());
    x.for_narrow([this](slot_type slot) { return !away.contains(slot); },
                 [this](slot_type slot, const fanout::chunk_ptr& chunk) { note(std::to_string(slot), chunk); });
    shown.push_back(".");
  }

  void note(const std::string& who, const fanout::chunk_ptr& chunk) {
    shown.push_back(who + " " + support::to_text(chunk->entries()));
    chunks.push_back(chunk);
  }

  void add(const std::vector<fanout::item_ptr>& xs) {
    const model::origin_position stamp{"n1", 1, ++batches};
    window.begin_batch(position, stamp);
    position.advance(stamp);
    for (const auto& x : xs)
      window.add(x);
    window.end_batch();
  }

  void watch(slot_type slot, const std::vector<std::string>& channels) {
    window.subscribe(slot, parse_channels(channels), std::nullopt, now);
  }

  std::string take() {
    std::string result;
    for (const auto& x : std::exchange(shown, {}))
      result += (result.empty() ? "" : " | ") + x;
    return result;
  }
};

TEST_F(flush_window_test, shows_what_was_gathered_to_whom_it_concerns_once) {
  watch(0, {"world"});
  watch(1, {"event:rain"});
  watch(2, {"location:mill"});
  add({item(event("rain"))});
  add({item(event("snow")), item(update(character("a", 1, "mill")))});
  EXPECT_EQ(take(), "");
  window.flush(now);
  EXPECT_EQ(take(), "* !rain !snow a1 | 1 !rain | 2 a1+ | .");
  window.flush(now);
  EXPECT_EQ(take(), "");
}

TEST_F(flush_window_test, a_batch_that_shows_nothing_is_flushed_all_the_same) {
  watch(0, {"world"});
  add({});
  window.flush(now);
  EXPECT_EQ(take(), ".");
}

TEST_F(flush_window_test, viewers_that_are_shown_the_same_share_one_chunk) {
  watch(1, {"location:mill"});
  watch(2, {"character:a"});
  watch(3, {"character:a", "event:rain"});
  add({item(update(character("a", 1, "mill"))), item(event("rain"))});
  window.flush(now);
  EXPECT_EQ(take(), "1 a1+ | 2 a1+ | 3 a1+ !rain | .");
  EXPECT_EQ(chunks[0], chunks[1]);
  EXPECT_NE(chunks[0], chunks[2]);
}

TEST_F(flush_window_test, leaves_out_who_is_not_live) {
  watch(1, {"event:rain"});
  watch(2, {"event:rain"});
  away = {1};
  add({item(event("rain"))});
  window.flush(now);
  EXPECT_EQ(take(), "2 !rain | .");
}

TEST_F(flush_window_test, a_chunk_says_where_its_viewers_are_when_they_have_it) {
  watch(1, {"event:rain"});
  add({item(event("snow"))});
  add({item(event("rain"))});
  add({item(event("snow"))});
  window.flush(now);
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(support::to_text(chunks[0]->position()), "n1:1:3");
}

TEST_F(flush_window_test, a_followed_item_goes_with_the_chunks_that_show_it) {
  watch(0, {"world"});
  watch(1, {"event:rain"});
  watch(2, {"event:snow"});
  const auto rain = item(event("rain"));
  const model::origin_position stamp{"n1", 1, 1};
  window.begin_batch(position, stamp);
  window.add(rain);
  window.follow({rain, nullptr});
  window.add(item(event("snow")));
  window.end_batch();
  window.flush(now);
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_EQ(chunks[0]->followed().size(), 1u);
  EXPECT_EQ(chunks[1]->followed().size(), 1u);
  EXPECT_EQ(chunks[2]->followed().size(), 0u);
}

// -- when

TEST_F(flush_window_test, an_idle_one_is_due_at_once_and_the_next_after_the_pause) {
  const auto first = window.schedule(now, 2ms);
  ASSERT_TRUE(first);
  EXPECT_LE(first->count(), 0);
  EXPECT_FALSE(window.schedule(now, 2ms)) << "it is scheduled already";
  add({item(event("rain"))});
  window.flush_scheduled(now);
  EXPECT_EQ(take(), ".");
  EXPECT_EQ(window.schedule(now + 500us, 2ms), flow::duration{1'500us});
}

TEST_F(flush_window_test, a_flush_in_between_leaves_the_scheduled_one_as_it_is) {
  window.schedule(now, 2ms);
  add({item(event("rain"))});
  window.flush(now);
  EXPECT_TRUE(window.is_scheduled());
  window.flush_scheduled(now + 2ms);
  EXPECT_FALSE(window.is_scheduled());
  EXPECT_EQ(window.schedule(now + 2ms, 2ms), flow::duration{0}) << "that one showed nothing, and counts for nothing";
}

// -- interest never changes with entries pending

TEST_F(flush_window_test, whoever_comes_is_not_shown_what_came_before_it) {
  watch(1, {"event:rain"});
  add({item(event("rain"))});
  watch(2, {"event:rain"});
  EXPECT_EQ(take(), "1 !rain | .");
  add({item(event("rain"))});
  watch(3, {"world"});
  EXPECT_EQ(take(), "1 !rain | 2 !rain | .") << "nor is one that watches the world, which is looked up late";
}

TEST_F(flush_window_test, whoever_goes_is_shown_what_came_before_that) {
  watch(0, {"world"});
  watch(1, {"event:rain"});
  add({item(event("rain"))});
  window.unsubscribe(1, parse_channels({"event:rain"}), false, now);
  EXPECT_EQ(take(), "* !rain | 1 !rain | .");
  add({item(event("rain"))});
  window.remove(0, now);
  EXPECT_EQ(take(), "* !rain | .");
}

/// Whatever happens in between: each viewer is shown what it watched when it came, and nothing else.
TEST_F(flush_window_test, each_is_shown_what_it_watched_when_it_came) {
  constexpr int viewers = 6;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 dice{seed};
    const auto any = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
    const auto any_place = [&] { return any(2) == 0 ? "mill" : "square"; };
    std::map<std::string, std::string> expected;
    std::map<std::string, std::string> told;
    std::map<std::string, model::character_ptr> latest;
    std::uint64_t version = 0;
    flush_window tried{[&](gathered& x) {
      x.end_at(nullptr);
      for (const auto slot : tried.interest().world())
        if (!x.entries().empty())
          told[std::to_string(slot)] += support::to_text(x.for_world()->entries()) + " ";
      x.for_narrow([](slot_type) { return true; },
                   [&](slot_type slot, const fanout::chunk_ptr& chunk) {
                     told[std::to_string(slot)] += support::to_text(chunk->entries()) + " ";
                   });
    }};
    for (int i = 0; i < 300; ++i) {
      const auto slot = static_cast<slot_type>(any(viewers));
      const auto channels = parse_channels({std::vector<std::string>{
          "world", "event:rain", "location:mill", "location:square", "character:a"}[static_cast<std::size_t>(any(5))]});
      const auto area = any(4) == 0 ? std::optional{model::area{0, 0, 10, 10}} : std::nullopt;
      switch (any(8)) {
        case 0:
          tried.subscribe(slot, channels, area, now);
          break;
        case 1:
          tried.unsubscribe(slot, channels, area.has_value(), now);
          break;
        case 2:
          if (any(3) == 0)
            tried.remove(slot, now);
          break;
        case 3:
          tried.flush(now);
          break;
        default:
          tried.begin_batch({}, {"n1", 1, 1});
          for (int n = any(3); n >= 0; --n) {
            const std::string who = any(2) == 0 ? "a" : "b";
            auto& known = latest[who];
            const auto before = known;
            known = character(who, ++version, any_place(), model::point{static_cast<double>(any(20)), 5});
            const auto x = any(3) == 0 ? item(event("rain")) : item(state_change(known), before);
            if (x->is_event())
              known = before;
            tried.add(x);
            for (slot_type s = 0; s < viewers; ++s)
              if (const auto entry = seen_by(tried.interest(), s, x))
                expected[std::to_string(s)] += support::to_text(*entry) + " ";
          }
          tried.end_batch();
      }
    }
    tried.flush(now);
    EXPECT_EQ(told, expected) << "seed " << seed;
  }
}

} // namespace towncrier::edge
