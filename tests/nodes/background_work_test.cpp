#include "nodes/background_work.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <vector>

namespace towncrier::node {

TEST(background_work, runs_tasks_in_order_in_another_thread) {
  background_work work;
  std::vector<int> done;
  std::promise<void> last;
  const auto here = std::this_thread::get_id();
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(work.run([&, i] {
      EXPECT_TRUE(std::this_thread::get_id() != here);
      done.push_back(i);
    }));
  EXPECT_TRUE(work.run([&] { last.set_value(); }));
  last.get_future().wait();
  EXPECT_EQ(done, (std::vector{0, 1, 2, 3, 4}));
}

TEST(background_work, does_not_wait_for_a_task_that_does_not_end) {
  const auto gate = std::make_shared<std::promise<void>>();
  const auto ended = std::make_shared<std::promise<void>>();
  const auto begin = std::chrono::steady_clock::now();
  {
    background_work work;
    std::promise<void> runs;
    EXPECT_TRUE(work.run([&runs, gate, ended] {
      runs.set_value();
      gate->get_future().wait();
      ended->set_value();
    }));
    runs.get_future().wait();
    int taken = 0;
    while (taken < 1000 && work.run([] { ADD_FAILURE() << "it was dropped"; }))
      ++taken;
    EXPECT_EQ(taken, 16);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});
  gate->set_value();
  ended->get_future().wait();
}

} // namespace towncrier::node
