#include "flow/log_pace.hpp"

#include <gtest/gtest.h>

namespace towncrier::flow {

using namespace std::chrono_literals;

TEST(log_pace_test, lets_one_line_through_in_an_interval_and_counts_the_others) {
  log_pace pace{1min};
  const time_point start{};
  EXPECT_EQ(pace.admit(start), 0u);
  EXPECT_EQ(pace.admit(start + 1s), std::nullopt);
  EXPECT_EQ(pace.admit(start + 59s), std::nullopt);
  EXPECT_EQ(pace.admit(start + 60s), 2u);
  EXPECT_EQ(pace.admit(start + 61s), std::nullopt);
  EXPECT_EQ(pace.admit(start + 1h), 1u);
  EXPECT_EQ(pace.admit(start + 2h), 0u);
}

} // namespace towncrier::flow
