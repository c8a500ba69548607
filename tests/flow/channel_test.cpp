#include "flow/channel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace towncrier::flow {
namespace {

TEST(channel, is_read_from_what_the_protocol_writes) {
  EXPECT_EQ(parse_channel("world"), (channel{channel_kind::world, ""}));
  EXPECT_EQ(parse_channel("location:market square"), (channel{channel_kind::location, "market square"}));
  EXPECT_EQ(parse_channel("character:7"), (channel{channel_kind::character, "7"}));
  EXPECT_EQ(parse_channel("event:sale"), (channel{channel_kind::event, "sale"}));
  EXPECT_EQ(parse_channel("event:a:b"), (channel{channel_kind::event, "a:b"}));
}

TEST(channel, is_nothing_else) {
  for (const auto* text : {"", "worlds", "World", "world:", "location", "location:", "character:", "event:", ":x",
                           "area:1", " world", "Location:x", "locations:x"})
    EXPECT_EQ(parse_channel(text), std::nullopt) << text;
}

TEST(channel, is_written_as_it_was_read) {
  for (const auto* text : {"world", "location:x", "character:x", "event:x", "event::", "location:Straße"})
    EXPECT_EQ(to_string(*parse_channel(text)), text);
}

TEST(channel, sorts_as_its_text_does) {
  std::vector<std::string> texts{"world", "location:b", "location:a", "event:z", "character:10", "character:1"};
  std::vector<channel> channels;
  for (const auto& text : texts)
    channels.push_back(*parse_channel(text));
  std::sort(texts.begin(), texts.end());
  std::sort(channels.begin(), channels.end());
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(to_string(channels[i]), texts[i]);
}

} // namespace
} // namespace towncrier::flow
