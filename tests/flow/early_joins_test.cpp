#include "flow/early_joins.hpp"

#include <gtest/gtest.h>

#include <string>

namespace towncrier::flow {

using namespace std::chrono_literals;

struct early_joins_test : ::testing::Test {
  using verdict = early_joins<std::string>::verdict;
  time_point now{1h};
  early_joins<std::string> tried{2s};
};

TEST_F(early_joins_test, who_is_ahead_waits_until_it_is_not) {
  EXPECT_EQ(tried.look("x", true, now), verdict::wait);
  EXPECT_EQ(tried.look("x", true, now + 1s), verdict::wait);
  EXPECT_EQ(tried.look("y", false, now + 1s), verdict::join);
  EXPECT_EQ(tried.look("x", false, now + 1s), verdict::join);
  EXPECT_EQ(tried.size(), 0u);
}

TEST_F(early_joins_test, who_is_ahead_does_not_wait_for_long) {
  EXPECT_EQ(tried.look("x", true, now), verdict::wait);
  EXPECT_EQ(tried.look("x", true, now + 2s - 1ms), verdict::wait) << "its time counts from the first look";
  EXPECT_EQ(tried.look("x", true, now + 2s), verdict::join);
  EXPECT_EQ(tried.size(), 0u);
}

TEST_F(early_joins_test, who_leaves_meanwhile_does_not_join) {
  tried.look("x", true, now);
  tried.leave("x");
  EXPECT_EQ(tried.look("x", false, now), verdict::gone);
  EXPECT_EQ(tried.size(), 0u);
  tried.leave("y");
  EXPECT_EQ(tried.look("y", false, now), verdict::join) << "it was not early";
}

} // namespace towncrier::flow
