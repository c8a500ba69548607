#include "model/position.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace towncrier;

namespace {

model::position random_position(std::mt19937_64& random) {
  static constexpr std::string_view characters = "abcXYZ019._-";
  model::position out;
  for (auto n = random() % 8; n > 0; --n) {
    std::string origin;
    for (auto size = 1 + random() % 64; size > 0; --size)
      origin += characters[random() % characters.size()];
    out.advance({origin, random() >> (random() % 64), random() >> (random() % 64)});
  }
  return out;
}

} // namespace

TEST(position, reads_back_what_it_wrote) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 5000; ++i) {
    const auto x = random_position(random);
    ASSERT_EQ(model::position::parse(x.to_string()), x) << x.to_string();
  }
}

TEST(position, writes_numbers_in_base_36_and_origins_in_order) {
  model::position x;
  x.advance({"b", 36, 35});
  x.advance({"a", 1, UINT64_MAX});
  EXPECT_EQ(x.to_string(), "a:1:3w5e11264sgsf,b:10:z");
}

TEST(position, the_empty_one_is_the_empty_string) {
  EXPECT_EQ(model::position{}.to_string(), "");
  EXPECT_TRUE(model::position::parse("")->empty());
}

TEST(position, never_goes_back) {
  model::position x;
  x.advance({"a", 2, 5});
  x.advance({"a", 2, 4});
  x.advance({"a", 1, 99});
  EXPECT_EQ(x.find("a"), (model::position::mark{2, 5}));
  x.advance({"a", 2, 6});
  EXPECT_EQ(x.find("a"), (model::position::mark{2, 6}));
  x.advance({"a", 3, 1});
  EXPECT_EQ(x.find("a"), (model::position::mark{3, 1}));
}

TEST(position, knows_nothing_of_origins_that_it_did_not_see) {
  model::position x;
  x.advance({"a", 1, 1});
  EXPECT_EQ(x.find("b"), std::nullopt);
  EXPECT_EQ(x.find(""), std::nullopt);
}

TEST(position, refuses_what_it_would_not_write) {
  for (const auto* text :
       {"a", "a:", "a:1", "a:1:", "a::1", ":1:1", "a:1:1:1", ",a:1:1,a", "a:1:1,,b:1:1", "a:1:1,a:1:2", "a:-1:1",
        "a:+1:1", "a: 1:1", "a:1:!", "a b:1:1", "a/b:1:1", "\xC3\xA9:1:1", "a:1:3w5e11264sgsg", "a:zzzzzzzzzzzzzz:1"})
    EXPECT_EQ(model::position::parse(text), std::nullopt) << text;
}

TEST(position, refuses_a_nul_and_what_follows_it) {
  using namespace std::string_view_literals;
  EXPECT_EQ(model::position::parse("a:1:1\0"sv), std::nullopt);
  EXPECT_EQ(model::position::parse("a\0b:1:1"sv), std::nullopt);
}

TEST(position, bounds_the_number_of_origins) {
  std::string text;
  for (int i = 0; i < 4096; ++i)
    text += (i == 0 ? "n" : ",n") + std::to_string(i) + ":1:1";
  EXPECT_TRUE(model::position::parse(text));
  EXPECT_EQ(model::position::parse(text + ",x:1:1"), std::nullopt);
}

TEST(position, survives_every_changed_byte) {
  const std::string good = "node-1:1a:2b,node-2:zz:9";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      auto text = good;
      text[at] = static_cast<char>(c);
      if (const auto x = model::position::parse(text)) {
        ASSERT_EQ(model::position::parse(x->to_string()), x) << text;
      }
    }
  }
}

TEST(is_node_id, admits_1_to_64_plain_characters) {
  EXPECT_TRUE(model::is_node_id("a"));
  EXPECT_TRUE(model::is_node_id("Node-1.east_2"));
  EXPECT_TRUE(model::is_node_id(std::string(64, 'x')));
  EXPECT_FALSE(model::is_node_id(""));
  EXPECT_FALSE(model::is_node_id(std::string(65, 'x')));
  for (const auto* id : {"a b", "a:b", "a,b", "a/b", "\n", "\xC3\xA9"})
    EXPECT_FALSE(model::is_node_id(id)) << id;
}
