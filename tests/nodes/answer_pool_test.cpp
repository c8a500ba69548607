#include "nodes/admin/answer_pool.hpp"

#include <gtest/gtest.h>

#include <future>

namespace towncrier::node {

TEST(answer_pool, runs_tasks_at_the_same_time) {
  answer_pool pool{"test", 2, 8};
  std::promise<void> first;
  std::promise<void> second;
  ASSERT_TRUE(pool.run([&] { first.get_future().wait(); }));
  ASSERT_TRUE(pool.run([&] {
    first.set_value();
    second.set_value();
  }));
  second.get_future().wait();
}

TEST(answer_pool, takes_no_more_than_may_wait) {
  std::promise<void> begun;
  std::promise<void> go_on;
  std::size_t done = 0;
  answer_pool pool{"test", 1, 2};
  ASSERT_TRUE(pool.run([&] {
    begun.set_value();
    go_on.get_future().wait();
    ++done;
  }));
  begun.get_future().wait();
  EXPECT_TRUE(pool.run([&] { ++done; }));
  EXPECT_TRUE(pool.run([&] { ++done; }));
  EXPECT_FALSE(pool.run([&] { ++done; }));
  std::promise<void> last;
  go_on.set_value();
  while (!pool.run([&] { last.set_value(); }))
    std::this_thread::yield();
  last.get_future().wait();
  EXPECT_EQ(done, 3u);
}

TEST(answer_pool, takes_nothing_once_it_has_stopped) {
  answer_pool pool{"test", 1, 2};
  pool.stop();
  EXPECT_FALSE(pool.run([] {}));
}

} // namespace towncrier::node
