#include "nodes/load/account.hpp"

#include <gtest/gtest.h>

namespace towncrier::load {

TEST(account, finds_nothing_to_say_of_a_whole_stream) {
  account x;
  for (std::uint32_t n = 1; n <= 5; ++n)
    EXPECT_TRUE(x.take(n));
  EXPECT_TRUE(x.complete(5));
  EXPECT_FALSE(x.complete(6));
  const auto sum = x.result(5);
  EXPECT_EQ(sum.given, 5u);
  EXPECT_EQ(sum.lost() + sum.doubled + sum.fallen + sum.stale, 0u);
}

TEST(account, counts_gaps_and_what_is_missing_at_the_end) {
  account x;
  x.take(1);
  x.take(4);
  EXPECT_EQ(x.result(4).lost(), 2u);
  EXPECT_EQ(x.result(6).lost(), 4u);
}

TEST(account, forgives_what_was_told) {
  account x;
  x.take(1);
  x.take_lag(7, 3);
  x.take(6);
  EXPECT_EQ(x.result(6).lost(), 1u);
  EXPECT_EQ(x.result(6).conflated, 7u);
}

TEST(account, counts_what_comes_again_or_late) {
  account x;
  x.take(1);
  x.take(2);
  EXPECT_FALSE(x.take(2));
  EXPECT_FALSE(x.take(1));
  EXPECT_EQ(x.result(2).doubled, 2u);
}

TEST(account, takes_a_run_that_is_just_what_is_due) {
  account x;
  x.take(1);
  EXPECT_TRUE(x.take_run(2, 9));
  EXPECT_TRUE(x.take_run(10, 10));
  EXPECT_EQ(x.result(10).given, 10u);
  EXPECT_EQ(x.result(12).lost(), 2u);
}

TEST(account, leaves_a_run_that_is_anything_else_to_be_taken_one_by_one) {
  account x;
  x.take(1);
  EXPECT_FALSE(x.take_run(3, 9)) << "2 is missing";
  EXPECT_FALSE(x.take_run(1, 9)) << "1 came already";
  EXPECT_EQ(x.result(1).given, 1u);
  EXPECT_EQ(x.result(1).doubled, 0u);
  account states{3};
  EXPECT_FALSE(states.take_run(1, 9));
}

TEST(account, a_run_after_a_refused_resume_ends_what_was_known_to_be_missing) {
  account x;
  x.skip();
  EXPECT_TRUE(x.take_run(1, 3));
  x.take(5);
  EXPECT_EQ(x.result(5).lost(), 1u);
}

TEST(account, one_gap_is_known_after_a_refused_resume) {
  account x;
  x.take(1);
  x.skip();
  x.take(5);
  x.take(7);
  EXPECT_EQ(x.result(7).lost(), 1u);
}

TEST(account, who_comes_later_misses_nothing_of_before) {
  account x;
  x.begin_after(10);
  x.take(11);
  EXPECT_EQ(x.result(11).lost(), 0u);
}

TEST(account, of_states_wants_the_latest_of_each_character_alone) {
  account x{3}; // n is of character n % 3
  for (const auto n : {1u, 3u, 5u})
    EXPECT_TRUE(x.take(n));
  EXPECT_FALSE(x.complete(7)); // character 1 is at 7 now
  EXPECT_EQ(x.result(7).stale, 2u) << "3 is not 6, 1 is not 7";
  x.take(6);
  x.take(7);
  EXPECT_TRUE(x.complete(7));
  EXPECT_EQ(x.result(7).stale, 0u);
  EXPECT_EQ(x.result(7).lost(), 0u);
}

TEST(account, of_states_counts_those_that_fell) {
  account x{3};
  x.take(6);
  EXPECT_FALSE(x.take(6)) << "a snapshot may say it again";
  EXPECT_EQ(x.result(6).fallen, 0u);
  EXPECT_FALSE(x.take(3));
  EXPECT_EQ(x.result(6).fallen, 1u);
}

TEST(account, a_character_that_was_never_spoken_of_is_up_to_date) {
  const account x{100};
  EXPECT_TRUE(x.complete(0));
  EXPECT_EQ(x.result(2).stale, 2u);
}

} // namespace towncrier::load
