#include "actors/edge/publishes_in_flight.hpp"

#include <gtest/gtest.h>

namespace towncrier::edge {

namespace {

model::message_id id(std::string x) { return x; }

model::client_message publish(std::optional<model::message_id> name, std::size_t weight = 1) {
  return {std::move(name), model::publish_request{}, weight};
}

} // namespace

struct publishes_in_flight_test : ::testing::Test {
  publishes_in_flight mine;

  protocol::delivered add(std::vector<model::client_message> messages) { return mine.add(messages); }
};

TEST_F(publishes_in_flight_test, counts_what_is_published_by_its_weight_and_nothing_else) {
  const auto receipt = add({publish(id("a"), 3), {id("b"), model::heartbeat_request{}, 1}, publish(std::nullopt)});
  EXPECT_EQ(receipt.weight, 4u);
  EXPECT_EQ(receipt.ids, std::vector{id("a")});
  EXPECT_EQ(mine.count(), 4u);
  EXPECT_EQ(add({{id("b"), model::heartbeat_request{}, 1}}).weight, 0u);
  EXPECT_EQ(mine.count(), 4u);
}

TEST_F(publishes_in_flight_test, what_came_back_is_done) {
  const auto first = add({publish(id("a")), publish(id("b"))});
  const auto second = add({publish(id("c"))});
  EXPECT_EQ(mine.finish(second), std::vector{id("c")});
  EXPECT_EQ(mine.count(), 2u);
  EXPECT_EQ(mine.finish(first), (std::vector{id("a"), id("b")}));
  EXPECT_EQ(mine.count(), 0u);
}

TEST_F(publishes_in_flight_test, what_was_refused_is_not_done_though_it_comes_back) {
  const auto first = add({publish(id("a")), publish(id("b"))});
  mine.refuse(id("a"));
  EXPECT_EQ(mine.finish(first), std::vector{id("b")});
  EXPECT_EQ(mine.finish(add({publish(id("a"))})), std::vector{id("a")}) << "this time it passed";
}

TEST_F(publishes_in_flight_test, one_of_two_of_the_same_name_was_refused) {
  const auto both = add({publish(id("a")), publish(id("a"))});
  mine.refuse(id("a"));
  EXPECT_EQ(mine.finish(both), std::vector{id("a")});
}

TEST_F(publishes_in_flight_test, refusals_of_what_is_not_published_are_forgotten) {
  mine.refuse(id("heartbeat"));
  EXPECT_EQ(mine.finish(add({publish(id("heartbeat"))})), std::vector{id("heartbeat")});
  const auto other = add({publish(id("a"))});
  mine.refuse(id("heartbeat"));
  mine.finish(other);
  EXPECT_EQ(mine.finish(add({publish(id("heartbeat"))})), std::vector{id("heartbeat")});
}

} // namespace towncrier::edge
