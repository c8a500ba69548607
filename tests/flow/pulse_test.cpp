#include "flow/pulse.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace towncrier::flow {

namespace {

struct pulse_test : ::testing::Test {
  flow::pulse<int> pulse;
  std::map<int, int> turns;
  std::set<int> gone;

  void turn(std::size_t times) {
    for (; times > 0; --times)
      pulse.turn([this](int x) {
        ++turns[x];
        return !gone.contains(x);
      });
  }
};

} // namespace

TEST_F(pulse_test, gives_each_a_turn_a_round_from_a_round_after_it_came) {
  pulse.add(1);
  turn(pulse_parts - 1);
  EXPECT_EQ(turns[1], 0);
  pulse.add(2);
  turn(1);
  EXPECT_EQ(turns[1], 1);
  EXPECT_EQ(turns[2], 0);
  turn(10 * pulse_parts);
  EXPECT_EQ(turns[1], 11);
  EXPECT_EQ(turns[2], 10);
}

TEST_F(pulse_test, forgets_who_is_gone) {
  for (int i = 0; i < 100; ++i) {
    pulse.add(i);
    turn(1);
  }
  gone = {3, 50};
  turn(3 * pulse_parts);
  const auto former = turns;
  turn(pulse_parts);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(turns[i] - former.at(i), gone.contains(i) ? 0 : 1) << i;
}

} // namespace towncrier::flow
