#include "actors/edge/refusal_log.hpp"

#include <gtest/gtest.h>

namespace towncrier::edge {

TEST(refusal_log, has_a_line_a_second_for_each_reason_that_says_for_how_many_it_stands) {
  using namespace std::chrono_literals;
  using protocol::token_fault;
  refusal_log log;
  const flow::time_point begin{};
  EXPECT_EQ(log.note(token_fault::expired, begin), 1u);
  EXPECT_EQ(log.note(token_fault::malformed, begin), 1u);
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(log.note(token_fault::expired, begin + 999ms), 0u);
  EXPECT_EQ(log.note(token_fault::expired, begin + 1s), 10u);
  EXPECT_EQ(log.note(token_fault::expired, begin + 10s), 1u);
}

} // namespace towncrier::edge
