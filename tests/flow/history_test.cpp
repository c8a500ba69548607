#include "tests/flow/batch_history.hpp"

#include <gtest/gtest.h>

namespace towncrier::flow {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

model::batch_ptr batch(const std::string& origin, std::uint64_t incarnation, std::uint64_t sequence) {
  return std::make_shared<const model::batch>(model::batch{{origin, incarnation, sequence}, {}});
}

std::string named(const std::string& origin, std::uint64_t incarnation, std::uint64_t sequence) {
  model::position x;
  x.advance({origin, incarnation, sequence});
  return x.to_string();
}

/// A history with the position of a node that appends to it.
class history_test : public testing::Test {
protected:
  bool append(const std::string& origin, std::uint64_t incarnation, std::uint64_t sequence, time_point now = start) {
    current.advance({origin, incarnation, sequence});
    return tested.append(batch(origin, incarnation, sequence), now);
  }

  /// What a client at `from` is given, as the positions of the batches; "nothing known" when it cannot be told.
  std::string since(const std::string& from) const {
    const auto found = tested.since(*model::position::parse(from), current);
    if (!found)
      return "cannot tell";
    std::string out;
    for (const auto& x : *found)
      out += (out.empty() ? "" : " ") + named(x->stamp.origin, x->stamp.incarnation, x->stamp.sequence);
    return out;
  }

  /// As many bytes as `count` batches without changes take.
  static std::size_t room_for(std::size_t count) { return count * model::estimated_size(*batch("a", 1, 1)); }

  batch_history tested{{room_for(4), 10s}};
  model::position current;
};

TEST_F(history_test, gives_what_came_after_a_position_as_it_arrived) {
  append("a", 1, 1);
  append("b", 1, 1);
  append("a", 1, 2);
  append("b", 1, 2);
  EXPECT_EQ(since("a:1:1,b:1:1"), "a:1:2 b:1:2");
  EXPECT_EQ(since("a:1:2,b:1:1"), "b:1:2");
  EXPECT_EQ(since("a:1:1,b:1:2"), "a:1:2");
  EXPECT_EQ(since("a:1:2,b:1:2"), "");
}

TEST_F(history_test, gives_everything_to_who_saw_nothing) {
  EXPECT_EQ(since(""), "");
  append("a", 1, 1);
  append("b", 1, 1);
  EXPECT_EQ(since(""), "a:1:1 b:1:1");
  EXPECT_EQ(since("a:1:0"), "a:1:1 b:1:1");
}

TEST_F(history_test, cannot_tell_when_the_first_batches_were_evicted) {
  for (std::uint64_t i = 1; i <= 5; ++i)
    append("a", 1, i);
  EXPECT_EQ(tested.size(), 4u);
  EXPECT_EQ(tested.bytes(), room_for(4));
  EXPECT_EQ(since(""), "cannot tell");
  EXPECT_EQ(since("a:1:1"), "a:1:2 a:1:3 a:1:4 a:1:5");
  append("a", 1, 6);
  EXPECT_EQ(since("a:1:1"), "cannot tell");
}

TEST_F(history_test, one_may_stand_for_several) {
  append("a", 1, 1);
  append("b", 1, 1);
  current.advance({"a", 1, 6});
  tested.append(batch("a", 1, 6), start, 5);
  append("b", 1, 2);
  append("a", 1, 7);
  EXPECT_EQ(since("a:1:1,b:1:1"), "a:1:6 b:1:2 a:1:7");
  EXPECT_EQ(since("a:1:5,b:1:1"), "a:1:6 b:1:2 a:1:7");
  EXPECT_EQ(since("a:1:6,b:1:1"), "b:1:2 a:1:7");
  EXPECT_EQ(since("a:1:4,b:1:2"), "a:1:6 a:1:7");
  append("b", 1, 3);
  append("b", 1, 4);
  EXPECT_EQ(since("a:1:5,b:1:2"), "cannot tell") << "evicted";
  EXPECT_EQ(since("a:1:6,b:1:2"), "a:1:7 b:1:3 b:1:4");
}

TEST_F(history_test, one_that_stands_for_too_few_leaves_a_gap) {
  append("a", 1, 1);
  current.advance({"a", 1, 6});
  tested.append(batch("a", 1, 6), start, 3);
  EXPECT_EQ(since("a:1:1"), "cannot tell");
  EXPECT_EQ(since("a:1:3"), "a:1:6");
}

TEST_F(history_test, resumes_who_was_idle_longer_than_anything_is_kept) {
  append("a", 1, 1);
  append("b", 1, 1);
  tested.evict(start + 11s);
  EXPECT_EQ(tested.size() + tested.bytes(), 0u);
  EXPECT_EQ(since("a:1:1,b:1:1"), "");
  EXPECT_EQ(since("a:1:1"), "cannot tell");
  append("a", 1, 2, start + 11s);
  EXPECT_EQ(since("a:1:1,b:1:1"), "a:1:2");
}

TEST_F(history_test, evicts_by_age) {
  append("a", 1, 1, start);
  append("a", 1, 2, start + 5s);
  tested.evict(start + 10s);
  EXPECT_EQ(tested.size(), 2u);
  tested.evict(start + 10s + 1ns);
  EXPECT_EQ(tested.size(), 1u);
  append("a", 1, 3, start + 16s);
  EXPECT_EQ(tested.size(), 1u);
}

TEST_F(history_test, does_not_keep_a_batch_larger_than_itself) {
  batch_history small{{room_for(1) - 1, 10s}};
  EXPECT_TRUE(small.append(batch("a", 1, 1), start));
  EXPECT_EQ(small.size() + small.bytes(), 0u);
  EXPECT_EQ(small.since({}, *model::position::parse("a:1:1")), std::nullopt);
}

TEST_F(history_test, takes_no_batch_twice_and_none_that_is_late) {
  EXPECT_TRUE(append("a", 2, 1));
  EXPECT_FALSE(append("a", 2, 1));
  EXPECT_FALSE(append("a", 1, 9));
  EXPECT_FALSE(append("a", 2, 0));
  EXPECT_FALSE(append("b", 1, 0));
  EXPECT_EQ(tested.size(), 1u);
}

TEST_F(history_test, never_bridges_a_gap) {
  append("a", 1, 1);
  append("a", 1, 2);
  append("a", 1, 4);
  EXPECT_EQ(since("a:1:1"), "cannot tell");
  EXPECT_EQ(since("a:1:2"), "cannot tell");
  EXPECT_EQ(since("a:1:3"), "a:1:4");
}

TEST_F(history_test, knows_nothing_of_what_came_before_its_first_batch) {
  append("a", 1, 7);
  EXPECT_EQ(since(""), "cannot tell");
  EXPECT_EQ(since("a:1:5"), "cannot tell");
  EXPECT_EQ(since("a:1:6"), "a:1:7");
}

TEST_F(history_test, includes_an_origin_that_is_new_to_the_client) {
  append("a", 1, 1);
  append("b", 1, 1);
  append("b", 1, 2);
  EXPECT_EQ(since("a:1:1"), "b:1:1 b:1:2");
}

TEST_F(history_test, goes_on_into_the_new_life_of_an_origin) {
  append("a", 1, 1);
  append("a", 1, 2);
  append("a", 5, 1);
  append("a", 5, 2);
  EXPECT_EQ(since("a:1:2"), "a:5:1 a:5:2");
  EXPECT_EQ(since("a:5:1"), "a:5:2");
  EXPECT_EQ(since("a:1:1"), "cannot tell") << "it missed the end of the life before";
  EXPECT_EQ(since(""), "cannot tell") << "it missed the life before";
  append("a", 5, 3);
  append("a", 5, 4);
  EXPECT_EQ(since("a:1:2"), "a:5:1 a:5:2 a:5:3 a:5:4") << "nothing of the new life is gone";
  append("a", 5, 5);
  EXPECT_EQ(since("a:1:2"), "cannot tell");
}

TEST_F(history_test, cannot_tell_over_two_restarts_or_an_incomplete_life) {
  append("a", 1, 1);
  append("a", 2, 1);
  append("a", 3, 1);
  EXPECT_EQ(since("a:1:1"), "cannot tell");
  EXPECT_EQ(since("a:2:1"), "a:3:1");
  append("a", 4, 2);
  EXPECT_EQ(since("a:3:1"), "cannot tell");
}

TEST_F(history_test, does_not_count_the_eviction_of_an_old_life_against_the_new) {
  append("a", 1, 9);
  append("a", 2, 1, start + 5s);
  tested.evict(start + 11s);
  EXPECT_EQ(tested.size(), 1u);
  EXPECT_EQ(since("a:1:9"), "a:2:1");
}

TEST_F(history_test, cannot_tell_of_a_forged_position) {
  append("a", 2, 1);
  append("a", 2, 2);
  for (const auto* forged : {"a:2:3", "a:3:1", "a:1:1", "a:1:0", "x:1:1", "a:2:2,x:1:1", "a:2:zzzzzz", "a:zzzzzz:1"})
    EXPECT_EQ(since(forged), "cannot tell") << forged;
}

TEST_F(history_test, stops_at_the_current_position) {
  for (std::uint64_t i = 1; i <= 3; ++i)
    append("a", 1, i);
  append("b", 1, 1);
  const auto found = tested.since(*model::position::parse("a:1:1"), *model::position::parse("a:1:2"));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front()->stamp.sequence, 2u);
}

TEST_F(history_test, cannot_give_what_the_node_learnt_of_otherwise) {
  append("a", 1, 1);
  current.advance({"a", 1, 3});
  current.advance({"b", 1, 5});
  EXPECT_EQ(since("a:1:3,b:1:5"), "");
  EXPECT_EQ(since("a:1:1,b:1:5"), "cannot tell");
  EXPECT_EQ(since("a:1:3,b:1:4"), "cannot tell");
}

} // namespace
} // namespace towncrier::flow
