#include "actors/ops/actor_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace towncrier::ops {

namespace {

using hosting::actor_row;

actor_row row(caf::actor_id id, caf::actor_id parent, std::string label = {}) {
  actor_row x;
  x.id = id;
  x.parent = parent;
  x.label = std::move(label);
  return x;
}

std::vector<actor_row> a_hub_with(std::size_t connections) {
  std::vector<actor_row> rows{row(1, 0, "io-0")};
  for (std::size_t i = 0; i < connections; ++i)
    rows.push_back(row(10 + i, 1, "c" + std::to_string(i)));
  rows.push_back(row(9, 0, "last"));
  return rows;
}

model::array tree_of(const std::vector<actor_row>& rows, const tree_bounds& bounds) {
  std::vector<const actor_row*> all;
  for (const auto& x : rows)
    all.push_back(&x);
  return tree(all, "here", bounds);
}

const model::array& rows_of(const model::value& x, std::string_view key) {
  return *x.find(key)->get_if<model::array>();
}

} // namespace

TEST(actor_view_test, a_tree_says_how_many_children_it_does_not_show) {
  const auto shown = tree_of(a_hub_with(5), {100, 2});
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(*shown[0].find("child_count"), model::value{std::uint64_t{5}});
  EXPECT_EQ(rows_of(shown[0], "children").size(), 2u);
  EXPECT_EQ(*rows_of(shown[0], "children")[0].find("child_count"), model::value{std::uint64_t{0}});
  EXPECT_EQ(*shown[1].find("label"), model::value{"last"});
}

TEST(actor_view_test, a_tree_holds_no_more_than_its_limit) {
  const auto shown = tree_of(a_hub_with(5), {3, 100});
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(rows_of(shown[0], "children").size(), 1u);
}

TEST(actor_view_test, a_tree_shows_something_of_every_family_first) {
  auto rows = a_hub_with(50);
  rows.push_back(row(100, 9));
  rows.push_back(row(101, 9));
  rows.push_back(row(102, 100));
  auto shown = tree_of(rows, {6, 100});
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(rows_of(shown[0], "children").size(), 2u);
  EXPECT_EQ(rows_of(shown[1], "children").size(), 2u);
  shown = tree_of(rows, {1000, 1000});
  EXPECT_EQ(rows_of(shown[0], "children").size(), 50u);
  EXPECT_EQ(rows_of(rows_of(shown[1], "children")[0], "children").size(), 1u);
}

TEST(actor_view_test, who_stands_at_the_top_is_not_bounded_by_each) {
  EXPECT_EQ(tree_of({row(1, 0), row(2, 0), row(3, 77)}, {100, 1}).size(), 3u);
}

TEST(actor_view_test, a_part_of_a_label_selects_whatever_the_case) {
  const auto left = [](model::object question) {
    const std::vector<actor_row> rows{row(1, 0, "Bus-17"), row(2, 0, "tram-7"), row(3, 0, "")};
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), actor_filter{question}));
  };
  EXPECT_EQ(left({{"text", "bUS"}}), 1u);
  EXPECT_EQ(left({{"text", "7"}}), 2u);
  EXPECT_EQ(left({{"text", "train"}}), 0u);
  EXPECT_EQ(left({{"text", ""}}), 3u);
  EXPECT_EQ(left({}), 3u);
}

} // namespace towncrier::ops
