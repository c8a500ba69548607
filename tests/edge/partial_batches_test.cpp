#include "actors/edge/partial_batches.hpp"
#include "tests/support/changes.hpp"

#include <gtest/gtest.h>

namespace towncrier::edge {

TEST(partial_batches, says_once_what_was_taken_and_what_not) {
  partial_batches x;
  x.add(model::message_id{std::string{"b"}}, 2, {"message 1: why", "message 3: why not"});
  EXPECT_EQ(x.take(model::message_id{std::string{"c"}}), std::nullopt);
  const auto told = x.take(model::message_id{std::string{"b"}});
  ASSERT_TRUE(told);
  EXPECT_EQ(*told,
            (model::object{{"message", "batch: 2 of its messages were taken, the others are wrong: message 1: why"},
                           {"taken", 2},
                           {"refused", model::array{"message 1: why", "message 3: why not"}}}));
  EXPECT_EQ(x.take(model::message_id{std::string{"b"}}), std::nullopt);
}

TEST(partial_batches, batches_of_one_name_are_answered_in_their_order) {
  partial_batches x;
  for (std::size_t taken : {1, 2})
    x.add(model::message_id{std::int64_t{7}}, taken, {"why"});
  for (std::size_t taken : {1, 2})
    EXPECT_EQ(*model::find(*x.take(model::message_id{std::int64_t{7}}), "taken"), model::value{std::uint64_t{taken}});
}

} // namespace towncrier::edge
