#include "actors/edge/subscription_answer.hpp"

#include <gtest/gtest.h>

namespace towncrier::edge {

namespace {

std::vector<flow::channel> channels(std::size_t from, std::size_t to) {
  std::vector<flow::channel> result;
  for (; from < to; ++from)
    result.push_back({flow::channel_kind::character, std::to_string(from)});
  return result;
}

} // namespace

TEST(subscription_answer, lists_a_few_channels_and_counts_many) {
  flow::interest all;
  all.subscribe(3, channels(0, max_listed_channels), model::area{1, 2, 3, 4});
  const auto few = subscription_answer(all, 3, "added", max_listed_channels);
  ASSERT_EQ(few.size(), 2u);
  EXPECT_EQ(few[0].first, "channels");
  EXPECT_EQ(few[0].second.get_if<model::array>()->size(), max_listed_channels);
  EXPECT_EQ(few[1].first, "area");
  all.subscribe(3, channels(50, max_listed_channels + 1));
  const auto many = subscription_answer(all, 3, "added", 1);
  EXPECT_EQ(*model::find(many, "count"), model::value{101});
  EXPECT_EQ(*model::find(many, "added"), model::value{1});
  EXPECT_EQ(model::find(many, "channels"), nullptr);
  EXPECT_NE(model::find(many, "area"), nullptr);
}

TEST(subscription_answer, of_who_has_nothing_it_lists_nothing) {
  const flow::interest none;
  EXPECT_EQ(subscription_answer(none, 0, "removed", 0), (model::object{{"channels", model::array{}}}));
}

TEST(too_many_channels, counts_what_is_new) {
  flow::interest all;
  EXPECT_EQ(too_many_channels(all, 0, channels(0, max_channels)), std::nullopt);
  EXPECT_NE(too_many_channels(all, 0, channels(0, max_channels + 1)), std::nullopt);
  all.subscribe(0, channels(0, max_channels));
  EXPECT_EQ(too_many_channels(all, 0, channels(0, max_channels)), std::nullopt) << "all of these are there already";
  const flow::channel world{flow::channel_kind::world, {}};
  EXPECT_EQ(too_many_channels(all, 0, {&world, 1}),
            "subscribe: these would be 10001 channels, and a connection may have 10000; nothing was changed: watch "
            "'world', an area, or less");
  EXPECT_EQ(too_many_channels(all, 1, channels(0, 1)), std::nullopt) << "others have room";
}

} // namespace towncrier::edge
