#include "flow/life_number.hpp"

#include <gtest/gtest.h>

namespace towncrier::flow {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t wall = 1'764'000'000'000;
constexpr time_point start{1h};

} // namespace

TEST(life_number, begins_with_the_wall_clock) { EXPECT_EQ(life_number::next(wall, 0), wall); }

TEST(life_number, is_above_what_was_kept_whatever_the_clock_says) {
  EXPECT_EQ(life_number::next(wall - 3'600'000, wall), wall + 1);
  EXPECT_EQ(life_number::next(wall, wall), wall + 1);
}

TEST(life_number, of_the_next_life_is_above_every_epoch_of_this_one) {
  const life_number x{wall, start};
  auto kept = x.reserve(start);
  for (auto now = start; now < start + 3h; now += 1s) {
    if (x.is_due(kept, now))
      kept = x.reserve(now);
    ASSERT_GT(life_number::next(wall - 86'400'000, kept), x.least(now));
  }
}

TEST(life_number, is_kept_anew_once_in_five_minutes) {
  const life_number x{wall, start};
  auto kept = x.reserve(start);
  auto writes = 0;
  for (auto now = start; now < start + 1h; now += 1s)
    if (x.is_due(kept, now)) {
      kept = x.reserve(now);
      ++writes;
    }
  EXPECT_EQ(writes, 11);
}

TEST(life_number, gives_epochs_above_those_of_nodes_that_are_ahead_and_keeps_above_them) {
  life_number x{wall, start};
  EXPECT_EQ(x.give(0, start + 5ms), wall + 5);
  EXPECT_EQ(x.give(wall + 3'600'000, start), wall + 3'600'001);
  EXPECT_TRUE(x.is_due(wall + life_number::reserved_ahead, start));
  EXPECT_GT(x.reserve(start), wall + 3'600'001);
}

} // namespace towncrier::flow
