#include "ws/descriptor_reserve.hpp"

#include <gtest/gtest.h>

namespace towncrier::ws {

TEST(descriptor_reserve_test, gives_clients_what_is_not_reserved) {
  EXPECT_EQ(afford(3, 100, 40), affordable::all);
  EXPECT_EQ(afford(59, 100, 40), affordable::all);
  EXPECT_EQ(afford(60, 100, 40), affordable::refusal);
  EXPECT_EQ(afford(79, 100, 40), affordable::refusal);
  EXPECT_EQ(afford(80, 100, 40), affordable::nothing);
  EXPECT_EQ(afford(99, 100, 40), affordable::nothing);
}

TEST(descriptor_reserve_test, lets_nobody_in_where_the_reserve_is_all_there_is) {
  EXPECT_EQ(afford(3, 40, 48), affordable::refusal);
  EXPECT_EQ(afford(20, 40, 48), affordable::nothing);
}

TEST(descriptor_reserve_test, keeps_nothing_where_nothing_is_reserved) {
  EXPECT_EQ(afford(3, 0), affordable::all);
  EXPECT_EQ(afford(1'000'000, 0), affordable::all);
  EXPECT_EQ(afford(1'000'000'000, 48), affordable::nothing);
}

} // namespace towncrier::ws
