#include "nodes/commands/edge_list.hpp"

#include <gtest/gtest.h>

namespace towncrier::commands {

namespace {

model::value welcome(model::array edges) { return model::object{{"node", "a"}, {"edges", std::move(edges)}}; }

/// The edges that are tried when none answers, as many as there are.
std::vector<std::string> round(edge_list& x) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    result.push_back(x.current());
    x.failed();
  }
  return result;
}

using words = std::vector<std::string>;

} // namespace

TEST(edge_list_test, one_edge_is_tried_again_and_again) {
  edge_list x{{"ws://a:1/"}};
  EXPECT_EQ(round(x), words{"ws://a:1/"});
  EXPECT_EQ(x.current(), "ws://a:1/");
}

TEST(edge_list_test, those_given_are_tried_in_turn_from_the_one_that_worked) {
  edge_list x{{"ws://a:1", "ws://b:1", "ws://c:1"}};
  x.failed();
  x.connected(model::object{});
  EXPECT_EQ(round(x), (words{"ws://b:1", "ws://c:1", "ws://a:1"}));
}

TEST(edge_list_test, those_that_a_welcome_names_follow_with_the_query_of_the_first) {
  edge_list x{{"ws://a:1/?subscribe=event:x"}};
  x.connected(welcome({"ws://b:1", "ws://c:1/", "ws://a:1"}));
  EXPECT_EQ(round(x),
            (words{"ws://a:1/?subscribe=event:x", "ws://b:1/?subscribe=event:x", "ws://c:1/?subscribe=event:x"}));
}

TEST(edge_list_test, those_that_a_welcome_names_have_a_path_of_their_own) {
  edge_list x{{"ws://proxy/town/ws?subscribe=event:x"}};
  x.connected(welcome({"ws://b:1", "ws://c:1/there/?as=told", "ws://d:1/"}));
  EXPECT_EQ(round(x), (words{"ws://proxy/town/ws?subscribe=event:x", "ws://b:1/?subscribe=event:x",
                             "ws://c:1/there/?subscribe=event:x", "ws://d:1/?subscribe=event:x"}));
}

TEST(edge_list_test, edges_behind_one_proxy_are_told_apart_by_their_path) {
  edge_list x{{"wss://proxy/n1/"}};
  x.connected(welcome({"wss://proxy/n1", "wss://proxy/n1/ws", "wss://proxy/n2/", "wss://proxy/n3/"}));
  EXPECT_EQ(round(x), (words{"wss://proxy/n1/", "wss://proxy/n2/", "wss://proxy/n3/"}));
}

TEST(edge_list_test, a_welcome_of_another_edge_replaces_what_was_named_but_not_that_edge) {
  edge_list x{{"ws://a:1"}};
  x.connected(welcome({"ws://b:1", "ws://c:1"}));
  x.failed();
  x.connected(welcome({"ws://d:1"}));
  EXPECT_EQ(round(x), (words{"ws://b:1", "ws://d:1", "ws://a:1"}));
}

TEST(edge_list_test, a_welcome_without_edges_changes_nothing) {
  edge_list x{{"ws://a:1"}};
  x.connected(welcome({"ws://b:1"}));
  x.connected(model::object{{"node", "a"}});
  EXPECT_EQ(x.size(), 2u);
}

TEST(edge_list_test, what_is_no_edge_is_left_out) {
  edge_list x{{"ws://a:1"}};
  x.connected(welcome({1, "", "ws://", "http://b:1", "b:1"}));
  x.connected(model::object{{"edges", 1}});
  EXPECT_EQ(x.size(), 1u);
}

TEST(edge_list_test, an_encrypted_connection_is_not_followed_by_a_plain_one) {
  edge_list x{{"wss://a:1"}};
  x.connected(welcome({"ws://b:1", "wss://c:1"}));
  EXPECT_EQ(round(x), (words{"wss://a:1", "wss://c:1"}));
}

} // namespace towncrier::commands
