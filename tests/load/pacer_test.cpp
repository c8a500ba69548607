#include "nodes/load/pacer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace towncrier::load {

constexpr auto never = std::numeric_limits<std::uint64_t>::max();

TEST(pacer, keeps_to_a_rate_whatever_happens_in_between) {
  pacer x{1000, 0};
  x.begin(5);
  EXPECT_EQ(x.due(5), 5u);
  x.published(3);
  EXPECT_EQ(x.due(0), 1'000'005u);
  x.published(3);
  EXPECT_EQ(x.due(99'000'000), 2'000'005u) << "late, but not later";
}

TEST(pacer, awaits_every_viewer_before_more_than_so_many_are_under_way) {
  pacer x{0, 2};
  x.published(2);
  EXPECT_EQ(x.due(7), 7u);
  x.published(2);
  EXPECT_EQ(x.due(7), never);
  x.reached(1);
  x.reached(2);
  EXPECT_EQ(x.due(7), never);
  x.reached(2); // everybody has 2, but not 1
  EXPECT_EQ(x.due(7), never);
  x.reached(1);
  EXPECT_EQ(x.due(7), 7u);
  x.published(2);
  x.published(2);
  EXPECT_EQ(x.due(7), never);
  EXPECT_EQ(x.last(), 4u);
}

TEST(pacer, several_may_reach_a_viewer_at_once) {
  pacer x{0, 3};
  for (int i = 0; i < 3; ++i)
    x.published(2);
  x.reached(1, 3);
  x.reached(1, 2);
  EXPECT_EQ(x.due(7), 7u);
  x.published(2);
  x.published(2);
  EXPECT_EQ(x.due(7), never) << "3, 4 and 5";
  x.reached(2, 5); // 2 was everywhere, and counts no more
  EXPECT_EQ(x.due(7), 7u);
  x.published(2);
  EXPECT_EQ(x.due(7), never) << "4, 5 and 6";
  x.reached(4, 99); // some that were never published
  EXPECT_EQ(x.due(7), 7u);
}

TEST(pacer, goes_on_when_viewers_are_gone) {
  pacer x{0, 1};
  x.published(2);
  x.reached(1);
  x.forget();
  EXPECT_EQ(x.due(7), 7u);
  x.reached(1);
  x.published(1);
  x.reached(2);
  EXPECT_EQ(x.due(7), 7u);
}

TEST(pacer, needs_no_viewer) {
  pacer x{0, 1};
  x.published(0);
  x.reached(0);
  EXPECT_EQ(x.due(7), never) << "what goes to nobody is never reached";
}

} // namespace towncrier::load
