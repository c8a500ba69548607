#include "flow/rendezvous.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace towncrier::flow {
namespace {

using names = std::vector<std::string>;

std::map<std::string, std::string> owners(const names& nodes, int keys = 10'000) {
  std::map<std::string, std::string> result;
  for (int i = 0; i < keys; ++i) {
    const auto key = "character-" + std::to_string(i);
    result[key] = rendezvous(nodes, key);
  }
  return result;
}

TEST(rendezvous, order_does_not_matter) { EXPECT_EQ(owners({"n1", "n2", "n3"}), owners({"n3", "n1", "n2"})); }

TEST(rendezvous, shares_are_equal) {
  std::map<std::string, int> count;
  for (const auto& [key, owner] : owners({"n1", "n2", "n3", "n4", "n5"}))
    ++count[owner];
  EXPECT_EQ(count.size(), 5u);
  for (const auto& [node, n] : count)
    EXPECT_NEAR(n, 2000, 200) << node;
}

TEST(rendezvous, a_node_that_goes_moves_only_what_it_owned) {
  const auto before = owners({"n1", "n2", "n3"});
  for (const auto& [key, owner] : owners({"n1", "n3"}))
    EXPECT_TRUE(owner == before.at(key) || before.at(key) == "n2") << key;
}

TEST(rendezvous, nobody_owns_where_nobody_is) { EXPECT_EQ(rendezvous(names{}, "x"), ""); }

} // namespace
} // namespace towncrier::flow
