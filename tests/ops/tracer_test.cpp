#include "actors/ops/tracer.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_socket.hpp"
#include "tests/support/fake_trace_time.hpp"
#include "tracing/notes.hpp"

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;
using support::number_at;
using support::text_at;

} // namespace

struct tracer_test : support::actor_fixture {
  support::fake_trace_time clock{*this};
  tracing::board_ptr board = std::make_shared<tracing::board>();
  support::probe<protocol::inspection_peers_actor> peers = make_probe<protocol::inspection_peers_actor>();
  protocol::tracer_actor who = spawn(tracer, tracer_services{"n1", board});

  model::value ask(model::object question) {
    return request<protocol::inspect_answer>(who, protocol::inspect_request{std::move(question)})->answer;
  }
  model::value start(model::object question) {
    question.emplace_back("op", "start");
    return ask(std::move(question));
  }
  model::value show(const std::string& id) { return ask({{"op", "show"}, {"id", id}}); }

  /// A message of ada comes in, and is written to so many viewers.
  bool publish(int viewers = 1, std::string_view from = {}) {
    const auto change = support::update(support::character("ada", 3));
    const auto mark = tracing::note(board->begin(tracing::about_of(change), from, nullptr),
                                    {.name = "received", .what = tracing::about_of(change)});
    for (int i = 0; i < viewers && mark; ++i)
      tracing::note_receiver(mark, {.name = "written", .result = tracing::outcome::written});
    run();
    return mark != nullptr;
  }
};

TEST_F(tracer_test, follows_from_when_it_is_asked_until_the_messages_are_complete) {
  EXPECT_FALSE(publish());
  const auto begun = start({{"subject", "character:ada"}, {"count", 2}});
  EXPECT_EQ(text_at(begun, "state"), "following");
  EXPECT_EQ(text_at(begun, "node"), "n1");
  const auto id = text_at(begun, "id");
  EXPECT_EQ(id.size(), 16u);
  EXPECT_TRUE(publish(3));
  EXPECT_TRUE(publish(1));
  EXPECT_FALSE(publish()) << "two were asked for";
  EXPECT_EQ(text_at(show(id), "state"), "following") << "more may come of the last";
  advance(1s);
  const auto shown = show(id);
  EXPECT_EQ(text_at(shown, "state"), "complete");
  const auto& messages = *shown.find("messages")->get_if<model::array>();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_DOUBLE_EQ(number_at(messages[0], "receivers.written") + number_at(messages[1], "receivers.written"), 4);
  EXPECT_EQ(text_at(messages[0], "origin"), "n1");
  EXPECT_EQ(text_at(messages[0], "subject"), "character:ada");
  EXPECT_FALSE(board->on()) << "it costs nothing any more";
  advance(5s);
  EXPECT_FALSE(state_of<tracer_state>(who).ticking);
}

TEST_F(tracer_test, ends_when_its_time_is_over) {
  const auto id = text_at(start({{"subject", "event:sale"}, {"seconds", 3}}), "id");
  EXPECT_TRUE(board->on());
  advance(2s);
  EXPECT_TRUE(board->on());
  advance(2s);
  EXPECT_FALSE(board->on());
  EXPECT_EQ(text_at(show(id), "state"), "ended");
}

TEST_F(tracer_test, ends_when_it_is_told) {
  const auto id = text_at(start({{"subject", "event:sale"}}), "id");
  EXPECT_EQ(text_at(ask({{"op", "end"}, {"id", id}}), "state"), "ended");
  EXPECT_FALSE(board->on());
  const auto list = ask({{"op", "list"}});
  ASSERT_EQ(list.find("traces")->get_if<model::array>()->size(), 1u);
}

TEST_F(tracer_test, refuses_what_makes_no_sense_with_a_sentence) {
  for (const model::object& bad :
       {model::object{}, model::object{{"subject", "ada"}}, model::object{{"subject", "character:"}},
        model::object{{"subject", "connection:7"}}, model::object{{"subject", std::string(1000, 'x')}},
        model::object{{"subject", "event:a"}, {"count", 0}}, model::object{{"subject", "event:a"}, {"count", 101}},
        model::object{{"subject", "event:a"}, {"count", "2"}}, model::object{{"subject", "event:a"}, {"seconds", 301}},
        model::object{{"subject", "event:a"}, {"seconds", -1}}}) {
    const auto answer = start(bad);
    EXPECT_DOUBLE_EQ(number_at(answer, "status"), 400);
    EXPECT_FALSE(text_at(answer, "error").empty());
  }
  EXPECT_FALSE(board->on());
  EXPECT_DOUBLE_EQ(number_at(show("0123456789abcdef"), "status"), 404);
  EXPECT_DOUBLE_EQ(number_at(show("x"), "status"), 404);
}

TEST_F(tracer_test, runs_so_many_at_once_and_forgets_the_oldest_that_is_over) {
  std::string first;
  for (std::size_t i = 0; i < tracer_state::max_running; ++i) {
    const auto begun = start({{"subject", "event:" + std::to_string(i)}, {"seconds", 1}});
    first = first.empty() ? text_at(begun, "id") : first;
  }
  EXPECT_DOUBLE_EQ(number_at(start({{"subject", "event:x"}}), "status"), 429);
  for (std::size_t i = 0; i < 2 * tracer_state::max_kept; ++i) {
    advance(2s);
    EXPECT_FALSE(text_at(start({{"subject", "event:y"}, {"seconds", 1}}), "id").empty());
  }
  EXPECT_EQ(state_of<tracer_state>(who).traces.size(), tracer_state::max_kept);
  EXPECT_DOUBLE_EQ(number_at(show(first), "status"), 404);
}

TEST_F(tracer_test, begins_at_all_nodes_and_puts_together_what_they_noted) {
  std::vector<std::string> asked;
  peers.answer_with([&](const caf::message& x) {
    const auto& question = x.get_as<protocol::peers_request>(0).question;
    asked.push_back(text_at(question, "op"));
    EXPECT_EQ(x.get_as<protocol::peers_request>(0).node, "all");
    EXPECT_EQ(text_at(question, "what"), "trace");
    const model::object message{{"trace_id", "ab"}, {"origin", "n2"}, {"began", 1.0}};
    return caf::make_message(
        protocol::peers_answer{{{"n2", model::object{{"messages", model::array{message}}}}, {"n3", nullptr}}});
  });
  send(who, peers.handle());
  const auto id = text_at(start({{"subject", "character:ada"}}), "id");
  EXPECT_EQ(asked, std::vector<std::string>{"begin"});
  const auto shown = show(id);
  const auto& messages = *shown.find("messages")->get_if<model::array>();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(text_at(messages[0], "origin"), "n2");
  // It is complete: they may all stop.
  EXPECT_EQ(text_at(shown, "state"), "complete");
  EXPECT_EQ(asked.back(), "stop");
}

TEST_F(tracer_test, follows_for_another_node_and_stops_for_it) {
  const model::object order{
      {"op", "begin"}, {"id", "00000000000000aa"}, {"subject", "character:ada"}, {"origin", "n2"}, {"count", 1},
      {"seconds", 5.0}};
  EXPECT_TRUE(support::true_at(ask(order), "ok"));
  EXPECT_TRUE(publish());
  auto part = order;
  model::set(part, "op", "part");
  EXPECT_EQ(ask(part).find("messages")->get_if<model::array>()->size(), 1u);
  auto stop = order;
  model::set(stop, "op", "stop");
  ask(stop);
  EXPECT_FALSE(board->on());
}

TEST_F(tracer_test, a_node_that_comes_later_begins_when_it_is_asked_for_its_part) {
  const model::object part{
      {"op", "part"},  {"id", "00000000000000aa"}, {"subject", "character:ada"}, {"origin", "n2"}, {"count", 1},
      {"seconds", 5.0}};
  EXPECT_TRUE(ask(part).find("messages")->get_if<model::array>()->empty());
  EXPECT_TRUE(board->on());
  advance(6s);
  EXPECT_FALSE(board->on()) << "though nobody stops it";
}

TEST_F(tracer_test, looks_at_a_few_messages_to_find_those_of_a_connection) {
  const auto id = text_at(start({{"subject", "connection:c7"}, {"seconds", 60}}), "id");
  int followed = 0;
  for (int i = 0; i < 100; ++i)
    followed += publish() ? 1 : 0;
  EXPECT_LT(followed, 50);
  advance(1s);
  EXPECT_TRUE(publish()) << "some more every while";
  EXPECT_EQ(show(id).find("messages")->get_if<model::array>()->size(), 0u) << "the connection had no part in them";
}

TEST_F(tracer_test, says_what_it_is_about) {
  start({{"subject", "character:ada"}});
  const auto answer = request<hosting::state_answer>(caf::actor_cast<caf::actor>(who), hosting::state_request{});
  EXPECT_EQ(*model::find(answer->state, "following"), model::value{1});
}

} // namespace towncrier::ops
