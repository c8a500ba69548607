#include "actors/ops/merged_answer.hpp"

#include <gtest/gtest.h>

namespace towncrier::ops {

namespace {

model::value actor(std::string node, double busy, std::uint64_t handled) {
  return model::object{{"id", handled}, {"node", std::move(node)}, {"busy_share", busy}, {"handled", handled}};
}

model::value answer_of(std::string node, model::array actors) {
  return model::object{{"node", std::move(node)}, {"total", 10}, {"handled_rate", 2.5}, {"actors", std::move(actors)}};
}

std::vector<std::string> nodes_of(const model::value& x) {
  std::vector<std::string> result;
  for (const auto& row : *x.find("actors")->get_if<model::array>())
    result.push_back(*row.find("node")->get_if<std::string>());
  return result;
}

} // namespace

TEST(merged_answer, puts_the_busiest_of_all_nodes_first) {
  const auto all = merged({{"what", "top"}, {"sort", "busy"}}, answer_of("a", {actor("a", 0.5, 1), actor("a", 0.1, 2)}),
                          {{"b", answer_of("b", {actor("b", 0.9, 3), actor("b", 0.2, 4)})}});
  EXPECT_EQ(nodes_of(all), (std::vector<std::string>{"b", "a", "b", "a"}));
  EXPECT_EQ(*all.find("total"), model::value{20});
  EXPECT_EQ(*all.find("handled_rate"), model::value{5.0});
  EXPECT_EQ(*all.find("node"), model::value{"a"});
}

TEST(merged_answer, keeps_as_many_as_were_asked_for) {
  const auto all = merged({{"what", "actors"}, {"sort", "handled"}, {"limit", "2"}},
                          answer_of("a", {actor("a", 0, 7), actor("a", 0, 1)}),
                          {{"b", answer_of("b", {actor("b", 0, 9), actor("b", 0, 8)})}});
  EXPECT_EQ(nodes_of(all), (std::vector<std::string>{"b", "b"}));
}

TEST(merged_answer, leaves_trees_beside_one_another) {
  const auto all = merged({{"what", "actors"}, {"tree", true}, {"limit", "1"}}, answer_of("a", {actor("a", 0, 7)}),
                          {{"b", answer_of("b", {actor("b", 0, 1)})}});
  EXPECT_EQ(nodes_of(all), (std::vector<std::string>{"a", "b"}));
}

TEST(merged_answer, takes_the_answer_of_who_acted) {
  const model::value no = model::object{{"ok", false}, {"error", "not here"}};
  const model::value yes = model::object{{"ok", true}, {"character", "ada"}};
  const model::object question{{"what", "act"}};
  EXPECT_EQ(*merged(question, yes, {{"b", no}}).find("ok"), model::value{true});
  const auto theirs = merged(question, no, {{"b", no}, {"c", yes}});
  EXPECT_EQ(*theirs.find("ok"), model::value{true});
  EXPECT_EQ(*theirs.find("node"), model::value{"c"});
  EXPECT_EQ(merged(question, no, {{"b", no}}), no);
}

TEST(merged_answer, bears_nodes_that_say_nothing_of_it) {
  const auto mine = answer_of("a", {actor("a", 0, 1)});
  EXPECT_EQ(merged({{"what", "top"}}, mine, {{"b", model::value{}}, {"c", model::object{{"error", "x"}}}}), mine);
}

} // namespace towncrier::ops
