#include "actors/edge/recent_pieces.hpp"
#include "tests/support/changes.hpp"

#include <gtest/gtest.h>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using entries = std::vector<fanout::entry>;

fanout::chunk_ptr piece_of(const entries& x) { return std::make_shared<const fanout::chunk>(x, nullptr, 0.0); }

model::position at(std::uint64_t sequence) {
  model::position result;
  result.advance({"n1", 1, sequence});
  return result;
}

} // namespace

struct recent_pieces_test : ::testing::Test {
  recent_pieces pieces;
  const flow::time_point now{1s};
  const recent_pieces::stretch stretch{3, 5, at(3), at(5)};
  const entries shown{support::entry_of(support::event("one")), support::entry_of(support::event("two"))};
};

TEST_F(recent_pieces_test, gives_the_same_to_who_comes_from_the_same_place_and_sees_the_same) {
  const auto piece = piece_of(shown);
  pieces.add(stretch, piece, now);
  EXPECT_EQ(pieces.find(stretch, shown, now + recent_pieces::max_age), piece);
}

TEST_F(recent_pieces_test, gives_nothing_to_who_comes_from_elsewhere_or_sees_something_else) {
  pieces.add(stretch, piece_of(shown), now);
  EXPECT_FALSE(pieces.find({2, 5, at(3), at(5)}, shown, now));
  EXPECT_FALSE(pieces.find({3, 6, at(3), at(5)}, shown, now));
  EXPECT_FALSE(pieces.find({3, 5, at(2), at(5)}, shown, now));
  EXPECT_FALSE(pieces.find({3, 5, at(3), at(6)}, shown, now));
  EXPECT_FALSE(pieces.find(stretch, {shown[0]}, now));
  EXPECT_FALSE(pieces.find(stretch, {shown[1], shown[0]}, now));
}

TEST_F(recent_pieces_test, gives_nothing_whose_time_of_sending_is_long_past) {
  pieces.add(stretch, piece_of(shown), now);
  EXPECT_FALSE(pieces.find(stretch, shown, now + recent_pieces::max_age + 1ms));
}

TEST_F(recent_pieces_test, keeps_a_few_and_none_for_long) {
  const std::weak_ptr<const fanout::chunk> first = [&] {
    const auto piece = piece_of(shown);
    pieces.add(stretch, piece, now);
    return piece;
  }();
  pieces.forget(now + recent_pieces::max_age);
  EXPECT_FALSE(first.expired());
  const auto later = now + recent_pieces::max_age + 1ms;
  pieces.forget(later);
  EXPECT_TRUE(first.expired());
  for (std::uint64_t i = 0; i <= recent_pieces::most_pieces; ++i)
    pieces.add({i, i + 1, at(i), at(i + 1)}, piece_of(shown), later);
  EXPECT_FALSE(pieces.find({0, 1, at(0), at(1)}, shown, later)) << "the oldest had to go";
  EXPECT_TRUE(pieces.find({1, 2, at(1), at(2)}, shown, later));
}

} // namespace towncrier::edge
