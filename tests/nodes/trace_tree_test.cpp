#include "codec/json.hpp"
#include "nodes/commands/inspection/trace_tree.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

namespace towncrier::commands {
namespace {

std::string span(int id, int parent, const std::string& step, const std::string& more = {}) {
  return fmt::format(R"({{"id": "{}", "parent": {}, "node": "n1", "actor": 7, "kind": "batcher", "label": "", )"
                     R"("step": "{}", "start_ms": {}, "mailbox_ms": 1, "handler_ms": 0.5, "kept_ms": 0, )"
                     R"("outcome": "passed", "reason": null{}}})",
                     id, parent == 0 ? "null" : fmt::format("\"{}\"", parent), step, id, more);
}

model::value message_of(const std::vector<std::string>& spans, const std::string& more = {}) {
  return *codec::parse_json(fmt::format(
      R"({{"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "parent_id": "00f067aa0ba902b7", "subject": "character:ada",)"
      R"("type": "state_change", "epoch": 5, "version": 7, "event_id": null, "origin": "n1", "took_ms": 12.345,)"
      R"("receivers": {{"written": 2, "conflated": 0, "filtered": 1}}, "spans": [{}]{}}})",
      fmt::join(spans, ", "), more));
}

std::size_t width_of(const std::string& text) {
  std::istringstream lines{text};
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);)
    widest = std::max(widest, line.size());
  return widest;
}

TEST(trace_tree, says_what_it_was_and_who_got_it) {
  const auto text = trace_tree(message_of({span(1, 0, "received")}));
  EXPECT_NE(text.find("character:ada state_change 5.7 from n1, 12.35 ms"), std::string::npos) << text;
  EXPECT_NE(text.find("trace 4bf92f3577b34da6a3ce929d0e0e4736 under 00f067aa0ba902b7"), std::string::npos) << text;
  EXPECT_NE(text.find("viewers: written 2, filtered 1"), std::string::npos) << text;
}

TEST(trace_tree, moves_branches_to_the_right_and_a_chain_not) {
  const auto text = trace_tree(message_of({span(1, 0, "received"), span(2, 1, "batched"), span(3, 2, "fan_out"),
                                           span(4, 2, "linked"), span(5, 4, "arrived")}));
  const auto column = [&](const std::string& step) {
    const auto at = text.find(step + " batcher");
    return at - text.rfind('\n', at);
  };
  EXPECT_EQ(column("received"), column("batched"));
  EXPECT_EQ(column("fan_out"), column("batched") + 1);
  EXPECT_EQ(column("linked"), column("fan_out"));
  EXPECT_EQ(column("arrived"), column("linked"));
}

TEST(trace_tree, tells_the_node_of_who_has_a_long_name) {
  auto one = span(1, 0, "published");
  one.replace(one.find(R"("label": "")"), 11, R"("label": "patience-fairweather-of-the-old-mill")");
  const auto text = trace_tree(message_of({one}));
  EXPECT_NE(text.find("~ @n1\n"), std::string::npos) << text;
  EXPECT_LE(width_of(text), 80u) << text;
}

TEST(trace_tree, tells_of_many_viewers_alike_in_a_line) {
  std::vector<std::string> spans{span(1, 0, "fan_out")};
  for (int i = 2; i < 102; ++i)
    spans.push_back(span(i, 1, "written"));
  const auto text = trace_tree(message_of(spans));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 15);
  EXPECT_NE(text.find("... and 97 more: written"), std::string::npos) << text;
}

TEST(trace_tree, fits_80_columns_whatever_it_is_told) {
  const std::string words(300, 'x');
  std::vector<std::string> spans{span(1, 0, words)};
  for (int i = 2; i < 20; ++i) {
    spans.push_back(span(i, i - 1, "step"));
    spans.push_back(span(100 + i, i - 1, "step"));
    spans.push_back(span(200 + i, i - 1, "step"));
  }
  auto message = message_of(spans, R"(, "slowest": {"what": "handler", "ms": 3, "kind": ")" + words + "\"}");
  auto& first = (*message.get_if<model::object>());
  for (auto& [key, value] : first)
    if (key == "spans")
      for (auto& one : *value.get_if<model::array>()) {
        model::set(*one.get_if<model::object>(), "label", words);
        model::set(*one.get_if<model::object>(), "outcome", "conflated");
        model::set(*one.get_if<model::object>(), "reason", words + " and words and words " + words);
      }
  const auto text = trace_tree(message);
  EXPECT_LE(width_of(text), 80u);
  EXPECT_LE(width_of(trace_end(model::object{{"state", "ended"}, {"asked", 1}})), 80u + 20);
}

TEST(trace_tree, ends_with_spans_that_name_each_other) {
  const auto text = trace_tree(message_of({span(1, 2, "a"), span(2, 1, "b"), span(3, 3, "c")}));
  EXPECT_FALSE(text.empty());
}

TEST(trace_end, says_which_end_it_was) {
  EXPECT_EQ(trace_end(model::object{{"state", "complete"}, {"asked", 2}, {"messages", model::array{1, 2}}}),
            "complete: 2 of 2 messages\n");
  EXPECT_NE(trace_end(model::object{{"state", "ended"}, {"asked", 2}, {"messages", model::array{1}}})
                .find("the time is over: 1 of 2"),
            std::string::npos);
}

} // namespace
} // namespace towncrier::commands
