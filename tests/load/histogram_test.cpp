#include "nodes/load/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace towncrier::load {

TEST(histogram, of_nothing_is_zero) {
  EXPECT_EQ(histogram{}.percentile(0.99), 0u);
  EXPECT_EQ(histogram{}.max(), 0u);
}

TEST(histogram, is_never_below_and_at_most_a_64th_above) {
  std::mt19937_64 random{7};
  std::vector<std::uint64_t> all;
  histogram x;
  for (int i = 0; i < 20'000; ++i) {
    const auto n = random() >> (24 + random() % 40);
    all.push_back(n);
    x.add(n);
  }
  std::sort(all.begin(), all.end());
  for (const auto p : {0.0001, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(all.size())));
    const auto exact = all[std::max<std::size_t>(rank, 1) - 1];
    EXPECT_GE(x.percentile(p), exact);
    EXPECT_LE(x.percentile(p), exact + exact / 64 + 1);
  }
  EXPECT_EQ(x.max(), all.back());
  EXPECT_EQ(x.count(), all.size());
}

TEST(histogram, takes_what_is_longer_than_it_can_tell) {
  histogram x;
  x.add(~std::uint64_t{0});
  EXPECT_EQ(x.count(), 1u);
  EXPECT_GT(x.percentile(1), std::uint64_t{1} << 39);
}

} // namespace towncrier::load
