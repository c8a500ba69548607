#include "flow/batch_window.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

TEST(batch_window, is_full_at_its_size) {
  batch_window<int> window{{3, 1s}};
  EXPECT_FALSE(window.add(1, start));
  EXPECT_FALSE(window.add(2, start));
  EXPECT_TRUE(window.add(3, start));
  EXPECT_TRUE(window.add(4, start));
  EXPECT_EQ(window.take(start), (std::vector{1, 2, 3, 4}));
}

TEST(batch_window, is_due_at_once_after_a_quiet_time) {
  batch_window<int> window{{3, 1s}};
  EXPECT_EQ(window.due(), std::nullopt);
  window.add(1, start);
  EXPECT_EQ(window.due(), start);
  window.take(start);
  window.add(2, start + 1s);
  EXPECT_EQ(window.due(), start + 1s);
  window.take(start + 1s);
  window.add(3, start + 1h);
  window.add(4, start + 1h + 500ms);
  EXPECT_EQ(window.due(), start + 1h);
}

TEST(batch_window, is_due_when_the_wait_since_the_last_batch_is_over) {
  batch_window<int> window{{3, 1s}};
  window.add(1, start);
  window.take(start + 100ms);
  window.add(2, start + 500ms);
  window.add(3, start + 900ms);
  EXPECT_EQ(window.due(), start + 1100ms);
}

TEST(batch_window, starts_anew_after_a_take) {
  batch_window<int> window{{3, 1s}};
  window.add(1, start);
  window.take(start);
  EXPECT_EQ(window.due(), std::nullopt);
  EXPECT_TRUE(window.empty());
  EXPECT_TRUE(window.take(start + 5s).empty());
  EXPECT_FALSE(window.add(2, start + 5500ms));
  EXPECT_EQ(window.due(), start + 6s);
  EXPECT_EQ(window.size(), 1u);
}

TEST(batch_window, of_size_zero_lets_each_element_go_alone) {
  batch_window<std::unique_ptr<int>> window{{0, 1s}};
  EXPECT_TRUE(window.add(std::make_unique<int>(1), start));
}

} // namespace
} // namespace towncrier::flow
