#include "flow/sliding_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

TEST(sliding_window, admits_up_to_the_maximum_and_says_when_the_next_fits) {
  sliding_window window{{3, 10s}};
  EXPECT_EQ(window.admit(start), std::nullopt);
  EXPECT_EQ(window.admit(start + 4s, 2), std::nullopt);
  EXPECT_EQ(window.admit(start + 5s), 5s);
  EXPECT_EQ(window.admit(start + 5s, 2), 9s);
  EXPECT_EQ(window.used(start + 5s), 3u);
}

TEST(sliding_window, admits_again_when_the_oldest_leaves) {
  sliding_window window{{2, 10s}};
  window.admit(start);
  window.admit(start + 1s);
  EXPECT_EQ(window.admit(start + 10s - 1ns), 1ns);
  EXPECT_EQ(window.admit(start + 10s), std::nullopt);
  EXPECT_EQ(window.admit(start + 10s), 1s);
}

TEST(sliding_window, never_admits_more_than_the_maximum_at_once) {
  sliding_window window{{5, 10s}};
  EXPECT_EQ(window.admit(start, 6), 10s);
  EXPECT_EQ(window.admit(start, static_cast<std::size_t>(-1)), 10s);
  EXPECT_TRUE(window.idle(start));
  EXPECT_EQ(window.admit(start, 5), std::nullopt);
}

TEST(sliding_window, with_no_maximum_to_speak_of_admits_nothing) {
  sliding_window window{{0, 10s}};
  EXPECT_EQ(window.admit(start), 10s);
  EXPECT_EQ(window.admit(start, 0), std::nullopt);
}

TEST(sliding_window, is_idle_when_nothing_counts_any_more) {
  sliding_window window{{2, 10s}};
  EXPECT_TRUE(window.idle(start));
  window.admit(start);
  EXPECT_FALSE(window.idle(start + 10s - 1ns));
  EXPECT_TRUE(window.idle(start + 10s));
}

TEST(sliding_window, is_not_opened_by_a_clock_that_goes_back) {
  sliding_window window{{1, 10s}};
  window.admit(start);
  EXPECT_EQ(window.admit(start - 1h), 10s);
  EXPECT_EQ(window.used(start - 1h), 1u);
}

/// Every message by itself.
struct oracle {
  std::size_t max;
  duration length;
  std::vector<time_point> log;

  std::size_t used(time_point now) const {
    return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [&](auto t) { return now < t + length; }));
  }
  bool fits(time_point now, std::size_t weight) const { return used(now) + weight <= max; }

  std::optional<duration> admit(time_point now, std::size_t weight) {
    if (weight > max)
      return length;
    if (fits(now, weight)) {
      log.insert(log.end(), weight, now);
      return std::nullopt;
    }
    auto wait = 1ms;
    while (!fits(now + wait, weight))
      wait += 1ms;
    return wait;
  }
};

TEST(sliding_window, decides_as_a_log_of_every_message_does) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random{seed};
    const auto max = 1 + random() % 20;
    sliding_window window{{max, 50ms}};
    oracle truth{max, 50ms, {}};
    auto now = start;
    for (int i = 0; i < 1'000; ++i) {
      now += std::chrono::milliseconds{random() % 4 == 0 ? random() % 30 : 0};
      const auto weight = random() % 6;
      ASSERT_EQ(window.admit(now, weight), truth.admit(now, weight)) << "seed " << seed << ", step " << i;
      const auto later = now + std::chrono::milliseconds{random() % 60};
      ASSERT_EQ(window.used(later), truth.used(later));
      ASSERT_EQ(window.idle(later), truth.used(later) == 0);
    }
  }
}

} // namespace
} // namespace towncrier::flow
