#include "nodes/options/suggest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace towncrier::node {

namespace {

constexpr std::array<std::string_view, 4> known{"node", "watch", "publish", "check-config"};

} // namespace

TEST(suggest, finds_the_word_that_was_meant) {
  EXPECT_EQ(nearest("nod", known), "node");
  EXPECT_EQ(nearest("nodes", known), "node");
  EXPECT_EQ(nearest("ndoe", known), "node");
  EXPECT_EQ(nearest("wtach", known), "watch");
  EXPECT_EQ(nearest("pubilsh", known), "publish");
  EXPECT_EQ(nearest("check_config", known), "check-config");
}

TEST(suggest, does_not_guess_when_too_much_is_different) {
  EXPECT_EQ(nearest("frobnicate", known), "");
  EXPECT_EQ(nearest("xx", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest(std::string(1'000'000, 'n'), known), "");
  EXPECT_EQ(did_you_mean("frobnicate", known), "");
  EXPECT_EQ(did_you_mean("nde", known), "; did you mean 'node'?");
}

} // namespace towncrier::node
