#include "flow/outbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;

/// The two lanes as plain lists, searched from end to end.
struct oracle {
  struct state {
    model::character_id id;
    int entry = 0;
    bool known = false;
    time_point since;
  };
  struct event {
    int entry = 0;
    std::size_t bytes = 0;
    time_point since;
  };

  std::size_t max_bytes;
  std::vector<state> states;
  std::vector<event> events;
  std::size_t conflated = 0;
  std::size_t dropped = 0;

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& x : events)
      sum += x.bytes;
    return sum;
  }

  void put_state(const model::character_id& id, int entry, bool known, time_point now) {
    const auto at = std::find_if(states.begin(), states.end(), [&](const state& x) { return x.id == id; });
    if (at == states.end()) {
      states.push_back({id, entry, known, now});
      return;
    }
    at->entry = entry;
    ++conflated;
  }

  void put_event(int entry, std::size_t size, time_point now) {
    if (size > max_bytes) {
      ++dropped;
      return;
    }
    for (; bytes() + size > max_bytes; ++dropped)
      events.erase(events.begin());
    events.push_back({entry, size, now});
  }

  duration behind(time_point now) const {
    duration longest{};
    for (const auto& x : states)
      longest = std::max(longest, now - x.since);
    for (const auto& x : events)
      longest = std::max(longest, now - x.since);
    return longest;
  }
};

void take_from_both(outbox<int>& x, oracle& truth, std::size_t count, time_point now) {
  const auto behind = truth.behind(now);
  const auto taken = x.take(count, now);
  ASSERT_EQ(taken.behind, behind);
  ASSERT_EQ(taken.conflated, std::exchange(truth.conflated, 0));
  ASSERT_EQ(taken.dropped_events, std::exchange(truth.dropped, 0));
  ASSERT_EQ(taken.events.size(), std::min(count, truth.events.size()));
  ASSERT_EQ(taken.states.size(), std::min(count - taken.events.size(), truth.states.size()));
  for (const auto entry : taken.events) {
    ASSERT_EQ(entry, truth.events.front().entry);
    truth.events.erase(truth.events.begin());
  }
  for (const auto& state : taken.states) {
    ASSERT_EQ(state.id, truth.states.front().id);
    ASSERT_EQ(state.entry, truth.states.front().entry);
    ASSERT_EQ(state.known, truth.states.front().known);
    truth.states.erase(truth.states.begin());
  }
  ASSERT_EQ(taken.empty_now, truth.states.empty() && truth.events.empty());
}

void run(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  outbox<int> x{200};
  oracle truth{200, {}, {}, 0, 0};
  time_point now{1h};
  for (int i = 0; i < 5'000; ++i) {
    now += std::chrono::milliseconds{random() % 5};
    const auto what = random() % 100;
    if (what < 60) {
      const model::character_id id{std::to_string(random() % 200), false};
      const bool known = random() % 2 == 0;
      x.put_state(id, i, known, now);
      truth.put_state(id, i, known, now);
    } else if (what < 90) {
      const auto bytes = 1 + random() % 60 * (random() % 20 == 0 ? 5 : 1);
      x.put_event(i, bytes, now);
      truth.put_event(i, bytes, now);
    } else
      ASSERT_NO_FATAL_FAILURE(take_from_both(x, truth, random() % 20, now));
    ASSERT_EQ(x.pending_states(), truth.states.size());
    ASSERT_EQ(x.pending_event_bytes(), truth.bytes());
    ASSERT_EQ(x.empty(), truth.states.empty() && truth.events.empty() && truth.dropped == 0);
  }
}

TEST(outbox, does_as_two_plain_lists_do) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    ASSERT_NO_FATAL_FAILURE(run(seed));
  }
}

} // namespace
} // namespace towncrier::flow
