#include "nodes/commands/inspection/actor_details.hpp"
#include "nodes/commands/inspection/actor_table.hpp"
#include "nodes/commands/inspection/inspection_text.hpp"
#include "nodes/commands/inspection/text_width.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace towncrier::commands {

namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

model::value named(std::string kind, int id, model::array children = {}) {
  return model::object{{"id", id}, {"kind", std::move(kind)}, {"label", ""}, {"children", std::move(children)}};
}

} // namespace

TEST(actor_table, draws_a_tree) {
  const actor_table table{list_columns(false), 80};
  const auto text = actor_tree(
      {named("hub", 1, {named("connection", 2, {named("x", 3)}), named("connection", 4)}), named("batcher", 5)}, table);
  std::string names;
  for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1)
    names += text.substr(from + table.heading().find("ACTOR"),
                         text.find('\n', from) - from - table.heading().find("ACTOR")) +
             '\n';
  EXPECT_EQ(names, "hub\n|- connection\n|  `- x\n`- connection\nbatcher\n");
}

TEST(actor_table, says_what_a_tree_leaves_out) {
  auto hub = *named("hub", 1, {named("connection", 2)}).get_if<model::object>();
  hub.emplace_back("child_count", 8);
  const auto text = actor_tree({model::value{hub}}, actor_table{list_columns(false), 80});
  EXPECT_THAT(text, HasSubstr(" |- connection\n"));
  EXPECT_THAT(text, HasSubstr(" `- 7 more\n"));
}

TEST(actor_table, leaves_columns_out_for_long_names) {
  const model::array actors{named("directory", 1, {named("character_publisher patience-fairweather", 2)})};
  EXPECT_EQ(tree_width(actors), 43u);
  const actor_table table{list_columns(false), 80, {}, tree_width(actors)};
  EXPECT_EQ(table.heading(), "     ID  MAILBOX   PEAK HANDLED   BUSY ACTOR");
  EXPECT_THAT(actor_tree(actors, table), HasSubstr("directory\n"));
}

TEST(actor_table, keeps_the_column_that_it_is_sorted_by) {
  for (const auto& [sort, title] :
       {std::pair{"busy", ">BUSY%"}, std::pair{"handled", ">MSG/S"}, std::pair{"mailbox", ">MAILBOX"},
        std::pair{"wait", ">WAIT"}, std::pair{"peak", ">PEAK"}})
    for (std::size_t width = 10; width < 120; ++width)
      EXPECT_NE((actor_table{top_columns(true), width, sort}.heading().find(title)), std::string::npos)
          << sort << " at " << width;
  EXPECT_EQ((actor_table{top_columns(false), 30, "wait"}.heading()), " >WAIT ACTOR");
}

TEST(actor_table, leaves_columns_out_where_it_is_narrow) {
  for (std::size_t width = 1; width < 120; ++width) {
    const actor_table table{top_columns(true), width, "busy"};
    EXPECT_LE(display_width(table.heading()), width);
    EXPECT_LE(display_width(table.line(named("a_kind_with_a_long_name", 1234567))), width);
  }
}

TEST(actor_details, cuts_long_lists_and_says_how_many_there_are) {
  model::array children;
  for (int i = 0; i < 100; ++i)
    children.emplace_back(1000 + i);
  const model::value x = model::object{{"id", 1},
                                       {"kind", "hub"},
                                       {"children", std::move(children)},
                                       {"children_count", 5000},
                                       {"monitors", model::array{model::value{3}}}};
  const auto lines = actor_details(x, 0, 60);
  EXPECT_THAT(lines, Contains(HasSubstr("1005 1006 +4993 more")));
  EXPECT_THAT(lines, Contains("monitors     3"));
  for (const auto& line : lines)
    EXPECT_LE(display_width(line), 60u);
}

TEST(actor_details, says_why_there_is_no_state) {
  const model::value x = model::object{{"id", 1}, {"state", nullptr}, {"note", "it is too busy"}};
  EXPECT_THAT(actor_details(x, 0, 80), Contains("state: it is too busy"));
}

TEST(why_sentence, has_words_for_every_reason) {
  for (const auto* reason :
       {"delivered", "conflated_and_waiting", "waiting_for_the_flush", "catching_up", "held_for_resume",
        "before_it_came", "before_it_subscribed", "outside_its_area", "not_subscribed", "nothing_subscribed",
        "unknown_character", "character_removed", "not_welcome_yet", "closed", "no_such_connection"}) {
    const auto text = why_sentence(model::object{
        {"connection", "c1"}, {"character", "ada"}, {"reason", reason}, {"queued_bytes", 7}, {"phase", "joining"}});
    EXPECT_NE(text, reason);
    EXPECT_TRUE(text.find("c1") != std::string::npos || text.find("ada") != std::string::npos) << text;
  }
  EXPECT_EQ(why_sentence(model::object{{"reason", "something new"}}), "something new");
}

TEST(node_tables, shows_nodes_and_links) {
  const model::value x = model::object{
      {"nodes", model::array{model::object{{"id", "n1"}, {"actors", 20}, {"state", "leaving"}, {"edge", "ws://a:1"}}}},
      {"links", model::array{model::object{
                    {"node", "n2"}, {"phase", "dialling"}, {"breaker", "open"}, {"last_error", "no connection"}}}},
      {"etcd", false}};
  const auto text = node_tables(x, 200);
  EXPECT_THAT(text, StartsWith("NODE "));
  EXPECT_THAT(text, HasSubstr("leaving"));
  EXPECT_THAT(text, HasSubstr("ws://a:1"));
  EXPECT_THAT(text, HasSubstr("dialling open"));
  EXPECT_THAT(text, HasSubstr("no connection"));
  EXPECT_THAT(text, HasSubstr("etcd cannot be reached"));
}

TEST(node_tables, fits_a_terminal) {
  const model::value x =
      model::object{{"nodes", model::array{model::object{{"id", "a-node-with-a-rather-long-name"},
                                                         {"actors", 1234567},
                                                         {"edge", "ws://a-host-with-a-long-name.example:8765"}}}},
                    {"links", model::array{model::object{{"node", "n2"}, {"last_error", std::string(100, 'x')}}}}};
  std::istringstream lines{node_tables(x, 80)};
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(display_width(line), 80u) << line;
  // Short ids leave room for the address.
  const model::value small =
      model::object{{"nodes", model::array{model::object{{"id", "n1"}, {"edge", "ws://127.0.0.1:29330"}}}}};
  EXPECT_THAT(node_tables(small, 80), HasSubstr("ws://127.0.0.1:29330\n"));
}

TEST(value_lines, shows_times_and_lists_as_such) {
  const auto lines =
      value_lines(model::object{{"changed_at", 1795629677.16},
                                {"channels", model::array{model::value{"world"}, model::value{"event:x"}}},
                                {"n", 1795629677.5}},
                  80, 0);
  EXPECT_THAT(lines.at(0), ::testing::MatchesRegex("changed_at  2026-11-2[56] [0-9:]+"));
  EXPECT_EQ(lines.at(1), "channels    world, event:x");
  EXPECT_THAT(lines.at(2), HasSubstr("1795629677.5"));
}

} // namespace towncrier::commands
