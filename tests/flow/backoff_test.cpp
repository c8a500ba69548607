#include "flow/backoff.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;

/// The highest of many waits number `attempt` (from 0), each of another generator.
duration highest_wait(const backoff::options& options, int attempt) {
  duration highest{};
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    backoff x{options, std::mt19937_64{seed}};
    for (int i = 0; i < attempt; ++i)
      x.next();
    highest = std::max(highest, x.next());
  }
  return highest;
}

TEST(backoff, doubles_its_ceiling_up_to_the_cap) {
  const backoff::options options{100ms, 1s};
  const duration ceilings[] = {100ms, 200ms, 400ms, 800ms, 1s, 1s};
  for (int attempt = 0; attempt < 6; ++attempt) {
    const auto highest = highest_wait(options, attempt);
    EXPECT_LE(highest, ceilings[attempt]) << attempt;
    EXPECT_GT(highest, ceilings[attempt] * 9 / 10) << attempt;
  }
}

TEST(backoff, spreads_over_the_whole_range) {
  backoff x{{1s, 1s}, std::mt19937_64{1}};
  int in_quarter[4] = {};
  for (int i = 0; i < 4'000; ++i)
    ++in_quarter[std::min<duration::rep>(x.next() / 250ms, 3)];
  for (const auto count : in_quarter)
    EXPECT_NEAR(count, 1'000, 150);
}

TEST(backoff, starts_again_after_a_reset) {
  backoff x{{100ms, 1h}, std::mt19937_64{1}};
  for (int i = 0; i < 10; ++i)
    x.next();
  for (int i = 0; i < 100; ++i) {
    x.reset();
    EXPECT_LE(x.next(), 100ms);
  }
}

TEST(backoff, repeats_itself_from_the_same_seed) {
  backoff x{{}, std::mt19937_64{7}};
  backoff y{{}, std::mt19937_64{7}};
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(x.next(), y.next());
}

TEST(backoff, does_not_overflow) {
  backoff x{{1ms, duration::max()}, std::mt19937_64{1}};
  for (int i = 0; i < 200; ++i)
    EXPECT_GE(x.next(), 0s);
}

TEST(backoff, is_capped_from_the_first_wait_on) {
  backoff x{{1h, 1ms}, std::mt19937_64{1}};
  for (int i = 0; i < 100; ++i)
    EXPECT_LE(x.next(), 1ms);
}

} // namespace
} // namespace towncrier::flow
