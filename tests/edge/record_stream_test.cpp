#include "actors/edge/record_stream.hpp"

#include <gtest/gtest.h>

namespace towncrier::edge {

namespace {

record_ptr record_of(std::size_t bytes) { return std::make_shared<const record>(record{{}, {}, bytes}); }

} // namespace

TEST(record_stream_test, whoever_keeps_a_place_finds_what_comes_there_and_after_it) {
  record_stream stream;
  const auto start = stream.end();
  EXPECT_FALSE(start->what);
  const auto first = record_of(10);
  const auto second = record_of(20);
  EXPECT_EQ(stream.append(first), start);
  stream.append(second);
  EXPECT_EQ(start->what, first);
  EXPECT_EQ(start->next->what, second);
  EXPECT_EQ(start->next->number, 1u);
  EXPECT_EQ(start->next->next, stream.end());
}

TEST(record_stream_test, says_how_much_came_from_a_place_on) {
  record_stream stream;
  const auto start = stream.end();
  EXPECT_EQ(stream.bytes_from(*start), 0u);
  stream.append(record_of(10));
  const auto later = stream.end();
  stream.append(record_of(20));
  EXPECT_EQ(stream.bytes_from(*start), 30u);
  EXPECT_EQ(stream.bytes_from(*later), 20u);
}

TEST(record_stream_test, keeps_nothing_by_itself) {
  record_stream stream;
  auto x = record_of(10);
  const std::weak_ptr<const record> watched = x;
  auto at = stream.append(std::move(x));
  EXPECT_FALSE(watched.expired());
  at = at->next;
  EXPECT_TRUE(watched.expired());
}

TEST(record_stream_test, a_long_stretch_goes_at_once) {
  record_stream stream;
  const auto x = record_of(10);
  auto start = stream.end();
  for (int i = 0; i < 1'000'000; ++i)
    stream.append(x);
  start = nullptr; // one destructor within the other would overflow the stack
  EXPECT_EQ(x.use_count(), 1);
}

} // namespace towncrier::edge
