#include "flow/fifo.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

namespace towncrier::flow {
namespace {

TEST(fifo, behaves_as_a_deque_does) {
  std::mt19937_64 random{1};
  fifo<int> queue;
  std::deque<int> oracle;
  for (int i = 0; i < 20'000; ++i) {
    const bool growing = i / 1'000 % 2 == 0;
    if (random() % 10 < (growing ? 7u : 3u)) {
      queue.push(i);
      oracle.push_back(i);
    } else if (!oracle.empty()) {
      ASSERT_EQ(queue.pop(), oracle.front());
      oracle.pop_front();
    }
    ASSERT_EQ(queue.size(), oracle.size());
    ASSERT_EQ(queue.empty(), oracle.empty());
    ASSERT_TRUE(std::equal(queue.begin(), queue.end(), oracle.begin(), oracle.end()));
    ASSERT_TRUE(std::equal(queue.rbegin(), queue.rend(), oracle.rbegin(), oracle.rend()));
  }
}

TEST(fifo, lets_go_of_what_was_taken) {
  fifo<std::shared_ptr<int>> queue;
  const auto x = std::make_shared<int>(1);
  for (int i = 0; i < 3; ++i)
    queue.push(x);
  queue.pop();
  EXPECT_EQ(x.use_count(), 3);
  queue.clear();
  EXPECT_EQ(x.use_count(), 1);
  EXPECT_TRUE(queue.empty());
}

} // namespace
} // namespace towncrier::flow
