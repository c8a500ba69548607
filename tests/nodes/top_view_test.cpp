#include "nodes/commands/inspection/text_width.hpp"
#include "nodes/commands/inspection/top_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace towncrier::commands {

namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

model::value actor(int id, std::string label, double busy, std::string node = "n1") {
  return model::object{{"id", id},      {"kind", "connection"}, {"label", std::move(label)}, {"node", std::move(node)},
                       {"parent", 3},   {"mailbox", 2},         {"mailbox_peak", 9},         {"handled", 1000 + id},
                       {"skipped", 0},  {"busy_seconds", busy}, {"running_seconds", 0.0},    {"wait_seconds", 0.002},
                       {"restarts", 0}, {"spawned", 1000.0},    {"handled_rate", 12.5},      {"busy_share", busy}};
}

model::value list(model::array actors) {
  const std::uint64_t n = actors.size();
  return model::object{{"node", "n1"},
                       {"total", n},
                       {"matching", n},
                       {"handled_rate", 25.0},
                       {"busy_share", 0.5},
                       {"mailbox", 4},
                       {"actors", std::move(actors)}};
}

/// What is seen: without what colours it.
std::string plain(const std::string& line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] != '\x1b')
      out += line[i];
    else
      i = line.find('m', i);
  return out;
}

} // namespace

struct top_view_test : ::testing::Test {
  top_view view{{}};
  double now = 2000;

  void answer(model::result<model::value> x) { view.take(view.question(), x, now); }
  void answer_with(int actors) {
    model::array rows;
    for (int i = 0; i < actors; ++i)
      rows.push_back(actor(i + 1, "c" + std::to_string(i + 1), 0.9 / (i + 1)));
    answer(list(std::move(rows)));
  }
  void press(std::string_view keys) {
    for (const auto& x : decode_keys(keys, true))
      view.press(x);
  }

  std::vector<std::string> lines(screen_size size = {}) {
    std::vector<std::string> out;
    for (const auto& line : view.draw(size, now))
      out.push_back(plain(line));
    EXPECT_EQ(out.size(), size.rows);
    for (const auto& line : out)
      EXPECT_LE(display_width(line), size.columns) << line;
    return out;
  }

  /// The line that is marked as chosen.
  std::string chosen(screen_size size = {}) {
    for (const auto& line : view.draw(size, now))
      if (line.starts_with("\x1b[7m"))
        return plain(line);
    return {};
  }
};

TEST_F(top_view_test, shows_the_busiest_at_80x24) {
  EXPECT_THAT(lines(), Contains(HasSubstr("asking")));
  answer_with(40);
  const auto shown = lines();
  EXPECT_EQ(shown[0], "node n1, 40 actors: 25 messages/s, busy 50 %, 4 waiting");
  EXPECT_THAT(shown[1], StartsWith(">BUSY%  MSG/S  MAILBOX   PEAK   WAIT HANDLED      ID ACTOR"));
  EXPECT_THAT(shown[2], StartsWith("  90.0     12        2      9  2.0ms    1001       1 connection c1 "));
  EXPECT_THAT(shown[22], HasSubstr("connection c21"));
  EXPECT_THAT(shown[23], HasSubstr("q quit"));
}

TEST_F(top_view_test, fits_into_any_terminal) {
  answer_with(40);
  for (std::size_t rows = 1; rows < 30; ++rows)
    for (std::size_t columns : {1, 5, 20, 33, 50, 79, 200}) {
      lines({rows, columns});
      press("\r");
      answer(actor(1, "c1", 0.5));
      lines({rows, columns});
      press("\x1b");
    }
  EXPECT_THAT(lines({24, 40})[2], HasSubstr("connection c1")) << "names stay, numbers go";
  EXPECT_THAT(lines({24, 40})[1], HasSubstr("BUSY%")) << "but for the first";
  EXPECT_THAT(lines({3, 80})[1], HasSubstr("connection c1"));
}

TEST_F(top_view_test, shows_names_of_any_script) {
  model::array rows{actor(1, "東京の電車、とても長い名前の電車", 0.5), actor(2, "Zürich\x1b[31m", 0.1)};
  answer(list(std::move(rows)));
  const auto shown = lines();
  EXPECT_THAT(shown[2], HasSubstr("東京"));
  EXPECT_THAT(shown[3], HasSubstr("Zürich?[31m")) << "what a client calls itself does nothing to the terminal";
}

TEST_F(top_view_test, asks_for_another_order) {
  EXPECT_THAT(view.question().query, Contains(Pair("sort", "busy")));
  for (const auto& [key, sort] : {std::pair{"h", "handled"}, {"m", "mailbox"}, {"w", "wait"}, {"b", "busy"}}) {
    press(key);
    EXPECT_THAT(view.question().query, Contains(Pair("sort", sort)));
  }
  press("m");
  answer_with(1);
  EXPECT_THAT(lines()[1], HasSubstr(">MAILBOX"));
}

TEST_F(top_view_test, filters_while_it_is_typed) {
  answer_with(3);
  press("/tion:c1");
  EXPECT_THAT(view.question().query, Contains(Pair("filter", "tion:c1")));
  EXPECT_THAT(lines().back(), HasSubstr("filter: tion:c1_"));
  press("\x7f\r");
  EXPECT_THAT(view.question().query, Contains(Pair("filter", "tion:c")));
  EXPECT_THAT(lines()[0], HasSubstr("3 of 'tion:c'"));
  press("q");
  EXPECT_TRUE(view.over()) << "keys are keys again";
  press("\x1b");
  EXPECT_EQ(view.question().query.size(), 2u) << "escape drops the filter";
}

TEST_F(top_view_test, chooses_and_scrolls) {
  answer_with(40);
  EXPECT_THAT(chosen(), HasSubstr("connection c1 "));
  press("\x1b[B\x1b[B");
  EXPECT_THAT(chosen(), HasSubstr("connection c3 "));
  press("\x1b[6~");
  EXPECT_THAT(chosen(), HasSubstr("connection c24 "));
  press("\x1b[F");
  EXPECT_THAT(chosen(), HasSubstr("connection c40 "));
  press("j");
  EXPECT_THAT(chosen(), HasSubstr("connection c40 "));
  EXPECT_THAT(chosen({6, 80}), HasSubstr("connection c40 ")) << "a smaller terminal shows it, too";
  press("\x1b[H");
  EXPECT_THAT(chosen(), HasSubstr("connection c1 "));
}

TEST_F(top_view_test, follows_the_actor_that_was_chosen) {
  answer(list({actor(1, "c1", 0.5), actor(2, "c2", 0.4), actor(3, "c3", 0.3)}));
  press("\x1b[B");
  answer(list({actor(3, "c3", 0.9), actor(1, "c1", 0.5), actor(2, "c2", 0.4)}));
  EXPECT_THAT(chosen(), HasSubstr("connection c2 "));
  answer(list({actor(3, "c3", 0.9)}));
  EXPECT_THAT(chosen(), HasSubstr("connection c3 "));
  answer(list({}));
  EXPECT_EQ(chosen(), "");
  press("\r");
  EXPECT_EQ(view.question().page, "top");
}

TEST_F(top_view_test, shows_one_actor_live_and_goes_back) {
  answer(list({actor(7, "c7", 0.5, "n2")}));
  press("\r");
  EXPECT_EQ(view.question().page, "actors/7");
  EXPECT_THAT(view.question().query, Contains(Pair("node", "n2")));
  auto x = *actor(7, "c7", 10).get_if<model::object>();
  x.emplace_back("state", model::object{{"phase", "live"}, {"queue", model::object{{"bytes", 17}}}});
  answer(model::value{x});
  ++now;
  model::set(x, "handled", 1107);
  model::set(x, "busy_seconds", 10.25);
  answer(model::value{x});
  const auto shown = lines();
  EXPECT_EQ(shown[0], "connection c7 (id 7) on node n1");
  EXPECT_THAT(shown, Contains(HasSubstr("100 messages/s, busy 25.0 %")));
  EXPECT_THAT(shown, Contains(HasSubstr("phase  live")));
  EXPECT_THAT(shown, Contains(HasSubstr("    bytes  17")));
  press("\x1b");
  EXPECT_EQ(view.question().page, "top");
  EXPECT_THAT(lines()[2], HasSubstr("connection c7"));
}

TEST_F(top_view_test, says_that_the_actor_has_ended) {
  answer_with(1);
  press("\r");
  answer(model::failure{"the node answered 404: no actor 1 lives on node n1"});
  EXPECT_THAT(lines().back(), HasSubstr("has ended"));
  press("\x7f");
  EXPECT_EQ(view.question().page, "top");
}

TEST_F(top_view_test, keeps_what_it_knows_while_the_node_is_gone) {
  answer_with(2);
  now += 5;
  answer(model::failure{"cannot connect to 127.0.0.1:8766: Connection refused"});
  auto shown = lines();
  EXPECT_THAT(shown[2], HasSubstr("connection c1"));
  EXPECT_THAT(shown.back(), StartsWith("no answer (5.0s old): cannot connect"));
  answer_with(2);
  EXPECT_THAT(lines().back(), Not(HasSubstr("no answer")));
}

TEST_F(top_view_test, takes_no_answer_to_what_it_asked_before) {
  const auto before = view.question();
  press("m");
  view.take(before, list({actor(1, "c1", 0.5)}), now);
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("connection c1"))));
}

TEST_F(top_view_test, names_the_node_where_all_are_asked) {
  view = top_view{{"busy", "", "", "all"}};
  answer(list({actor(1, "c1", 0.5, "n1"), actor(1, "c1", 0.4, "n2")}));
  const auto shown = lines();
  EXPECT_THAT(shown[0], StartsWith("all nodes, 2 actors"));
  EXPECT_THAT(shown[1], HasSubstr("NODE"));
  EXPECT_THAT(shown[3], HasSubstr("n2"));
  press("\x1b[B\r");
  EXPECT_THAT(view.question().query, Contains(Pair("node", "n2")));
}

} // namespace towncrier::commands
