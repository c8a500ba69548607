#include "flow/send_log.hpp"

#include <gtest/gtest.h>

#include <string>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;

struct send_log_test : ::testing::Test {
  send_log<int> log{{100, 10s}};
  time_point now{};

  /// Appends up to `last`, 10 bytes and one event each.
  void fill(std::uint64_t last) {
    while (log.last() < last) {
      const auto next = log.last() + 1;
      log.append(next, static_cast<int>(next), 10, 1, now);
    }
  }

  std::string after(std::uint64_t sequence, std::size_t max_bytes = SIZE_MAX) {
    std::string result;
    for (const auto& x : log.after(sequence, max_bytes))
      result += std::to_string(x.payload) + " ";
    return result;
  }
};

TEST_F(send_log_test, gives_what_came_after) {
  fill(5);
  EXPECT_EQ(after(0), "1 2 3 4 5 ");
  EXPECT_EQ(after(3), "4 5 ");
  EXPECT_EQ(after(5), "");
  EXPECT_EQ(after(9), "");
  EXPECT_EQ(log.bytes_after(2), 30u);
  EXPECT_EQ(log.events_upto(2), 2u);
}

TEST_F(send_log_test, gives_no_more_than_was_asked_for_but_one_at_least) {
  fill(5);
  EXPECT_EQ(after(1, 20), "2 3 ");
  EXPECT_EQ(after(1, 1), "2 ");
}

TEST_F(send_log_test, is_bounded_by_bytes) {
  fill(13);
  EXPECT_EQ(log.bytes(), 100u);
  EXPECT_FALSE(log.reaches(2));
  EXPECT_TRUE(log.reaches(3));
  EXPECT_EQ(after(0), "4 5 6 7 8 9 10 11 12 13 ") << "what is left of it";
  EXPECT_EQ(log.bytes_after(3), 100u);
  EXPECT_EQ(log.evicted_events(), 3u);
  EXPECT_EQ(log.events_upto(3), 3u);
  EXPECT_EQ(log.events(), 13u);
}

TEST_F(send_log_test, is_bounded_by_age) {
  fill(2);
  now += 6s;
  fill(4);
  log.evict(now + 5s);
  EXPECT_EQ(after(0), "3 4 ");
  log.evict(now + 1h);
  EXPECT_TRUE(log.reaches(4));
  EXPECT_FALSE(log.reaches(3));
  EXPECT_EQ(log.bytes_after(4), 0u);
}

TEST_F(send_log_test, nobody_reaches_what_was_not_said) {
  EXPECT_TRUE(log.reaches(0));
  EXPECT_FALSE(log.reaches(1));
  fill(2);
  EXPECT_FALSE(log.reaches(3));
}

} // namespace
} // namespace towncrier::flow
