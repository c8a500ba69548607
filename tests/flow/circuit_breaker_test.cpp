#include "flow/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;
using state = circuit_breaker::state;

struct circuit_breaker_test : ::testing::Test {
  circuit_breaker breaker{{3, 2s}};
  time_point now{};

  void fail(int times) {
    for (int i = 0; i < times; ++i)
      breaker.failed(now);
  }
};

TEST_F(circuit_breaker_test, stays_closed_below_the_limit_and_forgets_after_a_success) {
  fail(2);
  EXPECT_TRUE(breaker.allow(now));
  breaker.succeeded();
  fail(2);
  EXPECT_EQ(breaker.at(now), state::closed);
}

TEST_F(circuit_breaker_test, opens_and_refuses_until_it_has_cooled_down) {
  fail(3);
  EXPECT_EQ(breaker.at(now), state::open);
  EXPECT_FALSE(breaker.allow(now));
  EXPECT_EQ(breaker.wait(now + 500ms), 1500ms);
  EXPECT_FALSE(breaker.allow(now + 1999ms));
  EXPECT_EQ(breaker.at(now + 2s), state::half_open);
}

TEST_F(circuit_breaker_test, half_open_it_lets_one_attempt_through) {
  fail(3);
  now += 2s;
  EXPECT_TRUE(breaker.allow(now));
  EXPECT_FALSE(breaker.allow(now)) << "one at a time";
  breaker.failed(now);
  EXPECT_FALSE(breaker.allow(now + 1999ms));
  EXPECT_TRUE(breaker.allow(now + 2s));
  breaker.succeeded();
  EXPECT_EQ(breaker.at(now + 2s), state::closed);
  EXPECT_EQ(breaker.wait(now), 0s);
}

} // namespace
} // namespace towncrier::flow
