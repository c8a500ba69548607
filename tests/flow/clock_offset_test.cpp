#include "flow/clock_offset.hpp"
#include "flow/cluster_time.hpp"

#include <gtest/gtest.h>

#include <random>

namespace towncrier::flow {

namespace {

constexpr std::int64_t second = 1'000'000;

/// Takes a round trip of ours that takes `there` and `back`, to a clock that is `ahead`.
void measure(clock_offset& x, std::int64_t& now, std::int64_t ahead, std::int64_t there, std::int64_t back) {
  const auto origin = now;
  now += there;
  const auto received = now + ahead;
  now += 200'000; // until the other one has something to say
  const auto sent = now + ahead;
  now += back;
  x.take({origin, received, sent}, now);
}

} // namespace

TEST(clock_offset, is_not_known_before_a_round_trip) {
  clock_offset x;
  x.take({0, 0, 5}, 7);
  EXPECT_FALSE(x.offset());
}

TEST(clock_offset, is_measured_from_both_halves_of_a_round_trip) {
  clock_offset x;
  std::int64_t now = 100 * second;
  measure(x, now, -3600 * second, 400, 400);
  EXPECT_EQ(x.offset(), -3600 * second);
  EXPECT_EQ(x.error(), 400);
}

TEST(clock_offset, goes_by_the_quickest_round_trip_and_is_never_off_by_more_than_half_of_it) {
  std::mt19937 random{7};
  std::uniform_int_distribution<std::int64_t> delay{100, 90'000};
  clock_offset x;
  std::int64_t now = 5 * second;
  for (int i = 0; i < 200; ++i) {
    measure(x, now, 17 * second, delay(random), delay(random));
    ASSERT_LE(std::abs(*x.offset() - 17 * second), x.error());
  }
}

TEST(clock_offset, forgets_what_was_measured_long_ago) {
  clock_offset x;
  std::int64_t now = 5 * second;
  measure(x, now, 0, 10, 10);
  for (int i = 0; i < 8; ++i)
    measure(x, now, 2 * second, 500, 500);
  EXPECT_EQ(x.offset(), 2 * second);
}

using source = cluster_time::source;

TEST(cluster_time, is_taken_from_who_knows_it_and_from_nobody_else) {
  cluster_time x{50 * second};
  x.hear(900 * second, 100, source::own_clock);
  EXPECT_EQ(x.ahead(), 50 * second);
  EXPECT_EQ(x.known_from(), source::own_clock);
  x.hear(20 * second, 100, source::cluster);
  EXPECT_EQ(x.ahead(), 20 * second) << "also where that is behind";
  EXPECT_EQ(x.known_from(), source::cluster);
}

TEST(cluster_time, never_falls_once_it_is_known_and_does_not_follow_errors) {
  cluster_time x{0};
  x.settle(source::cluster);
  x.hear(-5 * second, 0, source::cluster);
  EXPECT_EQ(x.ahead(), 0);
  x.hear(cluster_time::tolerance, 0, source::cluster);
  x.hear(cluster_time::tolerance + 900, 1000, source::cluster);
  EXPECT_EQ(x.ahead(), 0);
  x.hear(5 * second, 1000, source::cluster);
  EXPECT_EQ(x.ahead(), 5 * second);
}

TEST(cluster_time, of_who_could_hear_nobody_gives_way_to_the_clusters) {
  cluster_time x{3600 * second};
  x.settle(source::guess);
  x.hear(0, 100, source::cluster);
  EXPECT_EQ(x.ahead(), 0);
  EXPECT_EQ(x.known_from(), source::cluster);
  x.hear(3600 * second, 100, source::guess);
  EXPECT_EQ(x.ahead(), 0) << "and moves nobody who knows better";
  cluster_time fresh{7 * second};
  fresh.hear(9 * second, 100, source::guess);
  EXPECT_EQ(fresh.ahead(), 9 * second) << "but is better than none";
}

} // namespace towncrier::flow
