#include "flow/outbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;
using box = outbox<std::string>;

constexpr time_point start{1h};
constexpr std::size_t all = 1'000;

model::character_id id(const std::string& x) { return {x, false}; }

std::vector<std::string> entries(const box::batch& x) {
  auto out = x.events;
  for (const auto& state : x.states)
    out.push_back(state.entry);
  return out;
}

using strings = std::vector<std::string>;

TEST(outbox, gives_events_before_states_and_both_in_order) {
  box x{100};
  x.put_state(id("a"), "state a", true, start);
  x.put_event("event 1", 10, start);
  x.put_state(id("b"), "state b", true, start);
  x.put_event("event 2", 10, start);
  EXPECT_EQ(entries(x.take(all, start)), (strings{"event 1", "event 2", "state a", "state b"}));
}

TEST(outbox, keeps_the_latest_state_in_the_place_of_the_oldest) {
  box x{100};
  x.put_state(id("a"), "a1", true, start);
  x.put_state(id("b"), "b1", true, start);
  x.put_state(id("a"), "a2", true, start);
  x.put_state(id("a"), "a3", true, start);
  EXPECT_EQ(x.pending_states(), 2u);
  const auto taken = x.take(all, start);
  EXPECT_EQ(entries(taken), (strings{"a3", "b1"}));
  EXPECT_EQ(taken.conflated, 2u);
}

TEST(outbox, remembers_what_the_client_knew_before_the_first_change_it_missed) {
  box x{100};
  x.put_state(id("a"), "a1", false, start);
  x.put_state(id("a"), "a2", true, start);
  x.put_state(id("b"), "b1", true, start);
  x.put_state(id("b"), "b2", false, start);
  const auto taken = x.take(all, start);
  EXPECT_EQ(taken.states[0].id, id("a"));
  EXPECT_FALSE(taken.states[0].known);
  EXPECT_TRUE(taken.states[1].known);
  x.put_state(id("a"), "a3", true, start);
  EXPECT_TRUE(x.take(all, start).states[0].known);
}

TEST(outbox, gives_an_id_back_as_it_came) {
  box x{100};
  x.put_state({"7", true}, "a", true, start);
  EXPECT_TRUE(x.take(all, start).states[0].id.integer);
}

TEST(outbox, drops_the_oldest_events_past_its_bound_and_counts_them) {
  box x{100};
  x.put_event("1", 40, start);
  x.put_event("2", 40, start);
  x.put_event("3", 20, start);
  EXPECT_EQ(x.pending_event_bytes(), 100u);
  x.put_event("4", 41, start);
  EXPECT_EQ(x.pending_event_bytes(), 61u);
  const auto taken = x.take(all, start);
  EXPECT_EQ(taken.events, (strings{"3", "4"}));
  EXPECT_EQ(taken.dropped_events, 2u);
  EXPECT_EQ(x.pending_event_bytes(), 0u);
}

TEST(outbox, drops_no_other_event_for_one_that_can_never_fit) {
  box x{100};
  x.put_event("1", 100, start);
  x.put_event("2", 101, start);
  const auto taken = x.take(all, start);
  EXPECT_EQ(taken.events, (strings{"1"}));
  EXPECT_EQ(taken.dropped_events, 1u);
}

TEST(outbox, is_not_empty_while_the_client_was_not_told_of_a_dropped_event) {
  box x{100};
  x.put_event("1", 101, start);
  EXPECT_FALSE(x.empty());
  EXPECT_EQ(x.take(all, start).dropped_events, 1u);
  EXPECT_TRUE(x.empty());
}

TEST(outbox, reports_its_counters_once) {
  box x{10};
  x.put_state(id("a"), "a1", true, start);
  x.put_state(id("a"), "a2", true, start);
  x.put_event("1", 11, start);
  x.take(all, start);
  const auto taken = x.take(all, start);
  EXPECT_EQ(taken.conflated, 0u);
  EXPECT_EQ(taken.dropped_events, 0u);
}

TEST(outbox, gives_no_more_than_it_is_asked_for) {
  box x{100};
  x.put_event("1", 1, start);
  x.put_event("2", 1, start);
  x.put_state(id("a"), "a", true, start);
  x.put_state(id("b"), "b", true, start);
  EXPECT_TRUE(entries(x.take(0, start)).empty());
  auto taken = x.take(1, start);
  EXPECT_EQ(entries(taken), (strings{"1"}));
  EXPECT_FALSE(taken.empty_now);
  EXPECT_EQ(entries(x.take(2, start)), (strings{"2", "a"}));
  taken = x.take(2, start);
  EXPECT_EQ(entries(taken), (strings{"b"}));
  EXPECT_TRUE(taken.empty_now);
}

TEST(outbox, says_how_long_the_oldest_entry_waited) {
  box x{100};
  EXPECT_EQ(x.take(all, start).behind, 0s);
  x.put_state(id("a"), "a1", true, start + 1s);
  x.put_event("1", 1, start + 2s);
  x.put_state(id("a"), "a2", true, start + 3s);
  EXPECT_EQ(x.behind(start + 4s), 3s);
  EXPECT_EQ(x.take(1, start + 4s).behind, 3s);
  EXPECT_EQ(x.take(1, start + 5s).behind, 4s);
  x.put_event("2", 1, start + 6s);
  EXPECT_EQ(x.take(1, start + 7s).behind, 1s);
}

TEST(outbox, forgets_everything_when_cleared) {
  outbox<std::shared_ptr<int>> x{100};
  const auto entry = std::make_shared<int>(1);
  x.put_state(id("a"), entry, true, start);
  x.put_state(id("a"), entry, true, start);
  x.put_event(entry, 1, start);
  x.put_event(entry, 101, start);
  x.clear();
  EXPECT_EQ(entry.use_count(), 1);
  EXPECT_TRUE(x.empty());
  EXPECT_EQ(x.pending_states() + x.pending_events() + x.pending_event_bytes(), 0u);
  x.put_event(entry, 100, start);
  EXPECT_EQ(x.take(all, start).events.size(), 1u);
}

} // namespace
} // namespace towncrier::flow
