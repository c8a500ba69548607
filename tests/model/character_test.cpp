#include "model/character.hpp"
#include "model/client_message.hpp"
#include "model/result.hpp"

#include <gtest/gtest.h>

using namespace towncrier;

TEST(character_id, an_integer_and_its_text_name_the_same_character) {
  const model::character_id integer{"7", true};
  const model::character_id text{"7", false};
  EXPECT_EQ(integer, text);
  EXPECT_EQ(std::hash<model::character_id>{}(integer), std::hash<model::character_id>{}(text));
  EXPECT_NE(text, (model::character_id{"07", false}));
}

TEST(revision, the_epoch_decides_before_the_version) {
  EXPECT_LT((model::revision{1, 99}), (model::revision{2, 0}));
  EXPECT_LT((model::revision{2, 0}), (model::revision{2, 1}));
  EXPECT_EQ((model::revision{2, 1}), (model::revision{2, 1}));
}

TEST(area, holds_what_is_on_its_edges) {
  const model::area x{-1, 2, 3, 0};
  EXPECT_TRUE(x.contains({-1, 2}));
  EXPECT_TRUE(x.contains({2, 2}));
  EXPECT_FALSE(x.contains({2.001, 2}));
  EXPECT_FALSE(x.contains({-1.001, 2}));
  EXPECT_FALSE(x.contains({0, 2.001}));
  EXPECT_FALSE(x.contains({0, 1.999}));
}

TEST(result, holds_a_value_or_why_there_is_none) {
  const model::result<int> good = 7;
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 7);
  const model::result<std::string> bad = model::failure{"no"};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), "no");
}
