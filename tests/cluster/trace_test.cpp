#include "tests/cluster/trace_fixture.hpp"

#include <set>

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;
using support::number_at;
using support::text_at;

const std::string traceparent = R"(, "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")";

/// The states of a character that a client was told of, in order.
std::vector<std::string> states_told(trace_fixture::client& x, const std::string& character) {
  std::vector<std::string> result;
  for (const auto& message : x.socket->take_messages())
    if (text_at(message, "data.character_id") == character)
      result.push_back(text_at(message, "data.new_state") + text_at(message, "data.state"));
  return result;
}

} // namespace

struct trace_test : trace_fixture {
  /// Each step of the message but its first comes from another, and the first is the publisher's.
  static void expect_one_tree(const model::value& message) {
    std::set<std::string> ids;
    const auto all = spans_of(message, {});
    for (const auto& x : all)
      ids.insert(text_at(x, "id"));
    EXPECT_EQ(ids.size(), all.size());
    std::size_t beginnings = 0;
    for (const auto& x : all) {
      beginnings += x.find("parent")->is_null() ? 1 : 0;
      EXPECT_TRUE(x.find("parent")->is_null() || ids.contains(text_at(x, "parent"))) << text_at(x, "step");
    }
    EXPECT_EQ(beginnings, 1u);
  }
};

TEST_F(trace_test, follows_a_message_over_three_nodes_to_viewers_that_keep_up_lag_and_look_elsewhere) {
  start_three();
  auto publisher = join("n1", {"character:nobody"});
  auto keeps_up = join("n1", {"world"});
  auto lags = join("n2", {"world"});
  auto elsewhere = join("n3", {"character:bob"});
  pass(5s); // nobody may resume any more
  lags.socket->take_nothing();
  say(publisher,
      R"({"type": "event_notification", "data": {"event_type": "big", "data": ")" + std::string(2000, 'x') + "\"}}");
  pass(200ms);
  const auto id = begin_trace("n1", "character:ada");
  say_state(publisher, "ada", "GLAD", traceparent);
  pass(200ms);
  say_state(publisher, "ada", "SAD");
  pass(200ms);
  EXPECT_EQ(text_at(trace("n2", id), "subject"), "character:ada") << "any node knows of it";
  lags.socket->take_all();
  send(lags.who, protocol::drained_atom::value);
  pass(2s);

  // The oracle: what each socket was really given.
  EXPECT_EQ(states_told(keeps_up, "ada"), (std::vector<std::string>{"GLAD", "SAD"}));
  EXPECT_EQ(states_told(lags, "ada"), (std::vector<std::string>{"SAD"}));
  EXPECT_EQ(states_told(elsewhere, "ada"), (std::vector<std::string>{}));

  for (const std::string asked : {"n1", "n2", "n3"}) {
    const auto shown = trace(asked, id);
    EXPECT_EQ(text_at(shown, "state"), "complete") << asked;
    ASSERT_EQ(messages_of(shown).size(), 1u) << asked;
    const auto& message = messages_of(shown).front();
    EXPECT_EQ(text_at(message, "trace_id"), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(text_at(message, "parent_id"), "00f067aa0ba902b7");
    EXPECT_EQ(text_at(message, "origin"), "n1");
    EXPECT_EQ(number_at(message, "version"), 1);
    expect_one_tree(message);
    for (const auto step : {"received", "admitted", "directed", "published", "batched"})
      EXPECT_EQ(spans_of(message, {{"step", step}, {"node", "n1"}}).size(), 1u) << step;
    for (const auto each : {"n1", "n2", "n3"})
      for (const auto step : {"exchanged", "fan_out"})
        EXPECT_EQ(spans_of(message, {{"step", step}, {"node", each}}).size(), 1u) << step << each;
    EXPECT_EQ(spans_of(message, {{"step", "linked"}, {"node", "n1"}}).size(), 2u);
    for (const auto each : {"n2", "n3"})
      EXPECT_EQ(spans_of(message, {{"step", "arrived"}, {"node", each}}).size(), 1u) << each;
    // Who got it.
    EXPECT_EQ(spans_of(message, {{"label", keeps_up.name}, {"node", "n1"}, {"outcome", "written"}}).size(), 1u);
    const auto conflated = spans_of(message, {{"label", lags.name}, {"node", "n2"}, {"outcome", "conflated"}});
    ASSERT_EQ(conflated.size(), 1u);
    EXPECT_NE(text_at(conflated.front(), "reason").find(".2 took its place"), std::string::npos)
        << text_at(conflated.front(), "reason");
    const auto filtered = spans_of(message, {{"label", elsewhere.name}, {"node", "n3"}, {"outcome", "filtered"}});
    ASSERT_EQ(filtered.size(), 1u);
    EXPECT_EQ(text_at(filtered.front(), "reason"), "not_subscribed");
    EXPECT_EQ(number_at(message, "receivers.written"), 1);
    EXPECT_EQ(number_at(message, "receivers.conflated"), 1);
    EXPECT_EQ(number_at(message, "receivers.filtered"), 2) << "the publisher watches somebody else, too";
    EXPECT_EQ(number_at(message, "receivers.waiting"), 0);
    // It came after a quiet time and waited for no batch.
    EXPECT_DOUBLE_EQ(number_at(spans_of(message, {{"step", "batched"}}).front(), "kept_ms"), 0);
  }
  for (const auto& [name, x] : nodes)
    EXPECT_FALSE(x.traces->on()) << name;
}

TEST_F(trace_test, blames_the_actor_that_was_slowed_down) {
  hosting::slow_down("event_notifier", 25ms);
  start_three();
  auto publisher = join("n1", {"character:nobody"});
  auto viewer = join("n3", {"world"});
  pass(5s);
  auto inspector = spawn(ops::inspector, ops::inspector_services{"n1", admission, nodes.at("n1").directory, nullptr});
  caf::scoped_actor self{system()};
  self->send(inspector, protocol::inspect_request{model::object{{"what", "top"}}}); // it begins to measure
  run();
  const auto id = begin_trace("n2", "event:sale", 3);
  for (int i = 0; i < 3; ++i) {
    say(publisher, R"({"type": "event_notification", "data": {"event_type": "sale", "data": 1}})");
    pass(500ms);
  }
  const auto top =
      request<protocol::inspect_answer>(inspector, protocol::inspect_request{model::object{{"what", "top"}}});
  EXPECT_EQ(text_at(top->answer.find("actors")->get_if<model::array>()->front(), "kind"), "event_notifier");
  pass(1s);
  const auto shown = trace("n2", id);
  EXPECT_EQ(text_at(shown, "state"), "complete");
  ASSERT_EQ(messages_of(shown).size(), 3u);
  for (const auto& message : messages_of(shown)) {
    EXPECT_EQ(text_at(message, "slowest.kind"), "event_notifier");
    EXPECT_EQ(text_at(message, "slowest.node"), "n1");
    EXPECT_EQ(text_at(message, "slowest.what"), "handler");
    EXPECT_DOUBLE_EQ(number_at(message, "slowest.ms"), 25);
    EXPECT_EQ(number_at(message, "receivers.written"), 1);
    EXPECT_TRUE(text_at(message, "event_id").starts_with("n1:"));
    // 25 in the handler, 1 on the link; and nothing anywhere else.
    EXPECT_NEAR(number_at(message, "took_ms"), 26, 0.001);
  }
}

TEST_F(trace_test, shows_a_message_that_waits_for_a_link) {
  start_three();
  auto publisher = join("n1", {"character:nobody"});
  auto viewer = join("n2", {"world"});
  pass(5s);
  net->cut("n1", "n2");
  pass(100ms);
  const auto id = begin_trace("n1", "character:ada");
  say_state(publisher, "ada", "GLAD");
  pass(1s);
  auto shown = trace("n1", id);
  EXPECT_EQ(text_at(shown, "state"), "following");
  const auto waits = spans_of(messages_of(shown).front(), {{"step", "linked"}, {"outcome", "held"}});
  ASSERT_EQ(waits.size(), 1u);
  EXPECT_EQ(text_at(waits.front(), "reason"), "there is no link with n2 now");
  net->heal("n1", "n2");
  pass(5s);
  shown = trace("n1", id);
  EXPECT_EQ(text_at(shown, "state"), "complete");
  const auto& message = messages_of(shown).front();
  EXPECT_TRUE(spans_of(message, {{"step", "linked"}, {"outcome", "held"}}).empty());
  EXPECT_EQ(spans_of(message, {{"label", viewer.name}, {"node", "n2"}, {"outcome", "written"}}).size(), 1u);
  EXPECT_EQ(states_told(viewer, "ada"), std::vector<std::string>{"GLAD"});
}

TEST_F(trace_test, says_that_a_node_is_not_sent_what_none_of_its_viewers_watches) {
  history_age = 0ms;
  start_three();
  auto publisher = join("n1", {"character:nobody"});
  auto viewer = join("n2", {"character:ada"});
  auto elsewhere = join("n3", {"character:bob"});
  pass(5s);
  const auto id = begin_trace("n3", "character:ada");
  say_state(publisher, "ada", "GLAD");
  pass(2s);
  const auto shown = trace("n3", id);
  EXPECT_EQ(text_at(shown, "state"), "complete");
  ASSERT_EQ(messages_of(shown).size(), 1u);
  const auto& message = messages_of(shown).front();
  const auto left_out = spans_of(message, {{"step", "linked"}, {"outcome", "filtered"}});
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_EQ(text_at(left_out.front(), "reason"), "no viewer of n3 watches it");
  EXPECT_TRUE(spans_of(message, {{"node", "n3"}}).empty());
  EXPECT_EQ(spans_of(message, {{"node", "n2"}, {"label", viewer.name}, {"outcome", "written"}}).size(), 1u);
  EXPECT_EQ(states_told(viewer, "ada"), std::vector<std::string>{"GLAD"});
  EXPECT_TRUE(states_told(elsewhere, "ada").empty());
}

TEST_F(trace_test, follows_what_a_connection_is_shown_and_what_it_publishes) {
  start_three();
  auto publisher = join("n1", {"character:nobody"});
  auto viewer = join("n3", {"character:ada"});
  pass(5s);
  const auto shown_to_it = begin_trace("n3", "connection:" + viewer.name);
  const auto said_by_it = begin_trace("n1", "connection:" + publisher.name);
  say_state(publisher, "bob", "GLAD");
  pass(100ms);
  say_state(publisher, "ada", "SAD");
  pass(2s);
  auto shown = trace("n3", shown_to_it);
  EXPECT_EQ(text_at(shown, "state"), "complete");
  ASSERT_EQ(messages_of(shown).size(), 1u);
  EXPECT_EQ(text_at(messages_of(shown).front(), "subject"), "character:ada");
  shown = trace("n1", said_by_it);
  ASSERT_EQ(messages_of(shown).size(), 1u);
  EXPECT_EQ(text_at(messages_of(shown).front(), "subject"), "character:bob");
}

TEST_F(trace_test, a_character_that_nobody_follows_costs_nobody_anything) {
  start_three();
  auto publisher = join("n1", {"character:nobody"});
  pass(5s);
  const auto id = begin_trace("n1", "character:ada");
  say_state(publisher, "bob", "GLAD", traceparent);
  pass(1s);
  EXPECT_TRUE(messages_of(trace("n1", id)).empty());
  for (const auto& [name, tracer] : tracers)
    for (const auto& x : state_of<ops::tracer_state>(tracer).traces)
      EXPECT_EQ(x.noted.size(), 0u) << name;
}

} // namespace towncrier::cluster
