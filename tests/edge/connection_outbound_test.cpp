#include "tests/edge/connection_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::entry_of;
using support::event;
using support::number_at;
using support::text_at;
using support::types_of;
using support::update;

const std::string long_text(300 * 1024, 'x');

} // namespace

struct connection_outbound_test : connection_fixture {
  void fall_behind() {
    socket->take_nothing();
    deliver({entry_of(event("big", long_text))}, "n1:1:6");
    deliver({entry_of(update(character("a", 1)))}, "n1:1:7");
    deliver({entry_of(update(character("a", 2)))}, "n1:1:8");
    socket->sent.clear();
  }

  void drain() {
    if (socket->take_all())
      send(who, protocol::drained_atom::value);
  }

  /// The hub's turn comes round to it.
  void beat_after(std::chrono::milliseconds x) {
    advance(x);
    heartbeat("");
  }

  void heartbeat(std::string position) {
    send(who, protocol::heartbeat_due{std::nullopt, support::position_of(std::move(position))});
  }
};

TEST_F(connection_outbound_test, shows_what_it_is_given) {
  become_live();
  deliver({entry_of(update(character("a", 1))), entry_of(event("rain"))}, "n1:1:6");
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "batch");
  EXPECT_EQ(text_at(messages[0], "position"), "n1:1:6");
}

TEST_F(connection_outbound_test, a_heartbeat_carries_the_position_and_the_id_it_answers) {
  become_live();
  send(who, protocol::heartbeat_due{model::message_id{std::string{"h1"}}, support::position_of("n1:1:9")});
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "heartbeat");
  EXPECT_EQ(text_at(messages[0], "data.position"), "n1:1:9");
  EXPECT_EQ(text_at(messages[0], "data.id"), "h1");
}

TEST_F(connection_outbound_test, a_heartbeat_never_claims_what_was_not_given) {
  open();
  join("n1:1:2", true);
  heartbeat("");
  fall_behind();
  heartbeat("n1:1:99");
  drain();
  heartbeat("n1:1:99");
  std::string positions;
  for (const auto& message : socket->take())
    if (text_at(message, "type") == "heartbeat")
      positions += text_at(message, "data.position") + " ";
  EXPECT_EQ(positions, "n1:1:6 n1:1:99 "); // the first of the three was sent before the rest
}

TEST_F(connection_outbound_test, pings_a_client_that_is_silent_and_closes_it_after_the_timeout) {
  become_live();
  beat_after(15s);
  EXPECT_EQ(socket->pings, 0);
  beat_after(15s);
  EXPECT_EQ(socket->pings, 1);
  beat_after(15s);
  EXPECT_EQ(socket->pings, 2);
  EXPECT_FALSE(socket->closed);
  beat_after(15s);
  EXPECT_EQ(close_code(), 4002);
  EXPECT_EQ(hub.count<protocol::leave_order>(), 1u);
}

TEST_F(connection_outbound_test, a_pong_is_a_sign_of_life) {
  become_live();
  for (int i = 0; i < 10; ++i) {
    beat_after(30s);
    socket->heard = now();
  }
  EXPECT_FALSE(socket->closed);
}

TEST_F(connection_outbound_test, a_slow_client_is_given_the_latest_when_it_can_take_it) {
  become_live();
  fall_behind();
  EXPECT_EQ(traffic->connections_behind.get(), 1u);
  drain();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "lag character_update");
  EXPECT_EQ(text_at(messages[0], "data.position"), "n1:1:6");
  EXPECT_EQ(number_at(messages[1], "data.version"), 2);
  EXPECT_EQ(text_at(messages[1], "position"), "n1:1:8");
  EXPECT_EQ(traffic->connections_behind.get(), 0u);
}

TEST_F(connection_outbound_test, a_slow_client_is_closed_with_4001_where_that_is_the_policy) {
  services.edge.slow_client = "disconnect";
  become_live();
  socket->take_nothing();
  deliver({entry_of(event("big", long_text))}, "n1:1:6");
  EXPECT_FALSE(socket->closed);
  deliver({entry_of(event("one too many"))}, "n1:1:7");
  EXPECT_EQ(close_code(), 4001);
}

TEST_F(connection_outbound_test, takes_more_of_a_replay_when_the_socket_can) {
  become_live();
  replay({entry_of(event("one"))}, "n1:1:6");
  EXPECT_EQ(hub.take_one<protocol::replay_more>().slot, 3u);
  socket->take_nothing();
  replay({entry_of(event("two", long_text))}, "n1:1:7");
  EXPECT_EQ(hub.count<protocol::replay_more>(), 0u);
  drain();
  EXPECT_EQ(hub.count<protocol::replay_more>(), 1u);
  send(who, protocol::drained_atom::value);
  EXPECT_EQ(hub.count<protocol::replay_more>(), 1u) << "one for each replay";
}

TEST_F(connection_outbound_test, waits_for_an_empty_socket_before_it_takes_more_of_a_replay) {
  become_live();
  socket->take_nothing();
  replay({entry_of(event("small"))}, "n1:1:6");
  EXPECT_FALSE(hub.count<protocol::replay_more>()) << "frames of its own must not pile up";
  drain();
  EXPECT_EQ(hub.count<protocol::replay_more>(), 1u);
}

TEST_F(connection_outbound_test, one_that_does_not_take_a_replay_is_behind_when_it_is_asked) {
  become_live();
  socket->take_nothing();
  replay({entry_of(support::update(character("a", 1)))}, "n1:1:6");
  EXPECT_EQ(traffic->connections_behind.get(), 0u);
  send(who, protocol::replay_overdue{});
  EXPECT_TRUE(hub.take_one<protocol::replay_more>().late);
  EXPECT_EQ(traffic->connections_behind.get(), 1u);
  for (std::uint64_t version = 2; version <= 9; ++version)
    deliver({entry_of(support::state_change(character("a", version)), fanout::shape::as_is, character("a", 1))},
            "n1:1:" + std::to_string(version + 5));
  EXPECT_EQ(types_of(socket->take()), "character_update") << "no frame more, however small";
  drain();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "lag character_update");
  EXPECT_EQ(number_at(messages[0], "data.conflated"), 7);
  EXPECT_EQ(number_at(messages[1], "data.version"), 9);
  EXPECT_EQ(text_at(messages[1], "position"), "n1:1:14");
  EXPECT_EQ(hub.count<protocol::replay_more>(), 0u) << "it is given everything without asking";
}

TEST_F(connection_outbound_test, one_that_is_behind_and_missed_nothing_stays_where_it_is) {
  become_live();
  socket->take_nothing();
  replay({entry_of(event("one"))}, "n1:1:6");
  send(who, protocol::replay_overdue{});
  drain();
  EXPECT_EQ(types_of(socket->take()), "event_notification") << "no lag: it was given everything";
  EXPECT_EQ(traffic->connections_behind.get(), 0u);
  send(who, protocol::heartbeat_due{});
  EXPECT_EQ(text_at(socket->take().at(0), "data.position"), "n1:1:6");
}

TEST_F(connection_outbound_test, one_that_took_a_replay_is_not_late) {
  become_live();
  replay({entry_of(event("one"))}, "n1:1:6");
  hub.clear();
  send(who, protocol::replay_overdue{});
  EXPECT_EQ(hub.count<protocol::replay_more>(), 0u) << "it asked for more already";
  EXPECT_EQ(traffic->connections_behind.get(), 0u);
}

TEST_F(connection_outbound_test, one_that_is_late_is_closed_with_4001_where_that_is_the_policy) {
  services.edge.slow_client = "disconnect";
  become_live();
  socket->take_nothing();
  replay({entry_of(event("one"))}, "n1:1:6");
  EXPECT_FALSE(socket->closed);
  send(who, protocol::replay_overdue{});
  EXPECT_EQ(close_code(), 4001);
}

TEST_F(connection_outbound_test, an_error_carries_all_it_has) {
  become_live();
  send(who, protocol::failure_answer{protocol::errc::rate_limit, "slow down", model::message_id{std::int64_t{7}}, 1.5,
                                     std::nullopt});
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1003);
  EXPECT_EQ(text_at(messages[0], "data.message"), "slow down");
  EXPECT_EQ(number_at(messages[0], "data.id"), 7);
  EXPECT_EQ(number_at(messages[0], "data.retry_after"), 1.5);
  EXPECT_FALSE(socket->closed);
  EXPECT_EQ(traffic->errors_sent.get(), 1u);
}

TEST_F(connection_outbound_test, an_error_can_be_the_end) {
  become_live();
  send(who, protocol::failure_answer{protocol::errc::rate_limit, std::string(200, 'x'), std::nullopt, std::nullopt,
                                     protocol::close_code::policy});
  EXPECT_EQ(types_of(socket->take()), "error");
  EXPECT_EQ(close_code(), 1008);
  EXPECT_EQ(socket->closed->reason.size(), 123u);
}

TEST_F(connection_outbound_test, shows_operators_what_passes_but_no_tokens) {
  become_live();
  services.debugging->store(true);
  say_all({R"({"type":"heartbeat","data":{}})", R"({"type":"auth","data":{"token":"secret"}})"});
  deliver({entry_of(event("rain"))});
  std::string shown;
  for (const auto& record : debugger.take<protocol::debug_record>())
    shown += (record.inbound ? "in " : "out ") + protocol::to_string(record.connection) + record.message + "\n";
  EXPECT_NE(shown.find("in c17{\"type\":\"heartbeat\""), std::string::npos) << shown;
  EXPECT_NE(shown.find("in c17(auth)"), std::string::npos) << shown;
  EXPECT_NE(shown.find("out c17{\"type\":\"event_notification\""), std::string::npos) << shown;
  EXPECT_EQ(shown.find("secret"), std::string::npos) << shown;
}

TEST_F(connection_outbound_test, what_is_shown_to_operators_is_not_shown_again) {
  become_live();
  services.debugging->store(true);
  send(who, protocol::answer{"debug", {{"message", "x"}}, {}});
  EXPECT_TRUE(debugger.empty());
  EXPECT_EQ(types_of(socket->take()), "debug");
}

TEST_F(connection_outbound_test, an_operator_who_does_not_keep_up_is_shown_less) {
  become_live();
  socket->take_nothing();
  for (int i = 0; i < 10; ++i)
    send(who, protocol::answer{"debug", {{"message", long_text}}, {}});
  EXPECT_EQ(socket->sent.size(), 1u);
}

TEST_F(connection_outbound_test, echo_returns_every_message_as_it_is) {
  services.edge.echo = true;
  services.auth_enabled = false;
  request.path = "/echo";
  open();
  say_all({"anything", ""});
  send(who, protocol::socket_received{{{true, "\x01\x02"}}});
  ASSERT_EQ(socket->sent.size(), 3u);
  EXPECT_EQ(*socket->sent[0], std::string("\x81\x08"
                                          "anything"));
  EXPECT_EQ(*socket->sent[1], std::string("\x81\x00", 2));
  EXPECT_EQ(*socket->sent[2], std::string("\x82\x02\x01\x02"));
  live_on(60s);
  EXPECT_EQ(socket->sent.size(), 3u) << "it says nothing of its own";
  EXPECT_TRUE(hub.empty());
}

TEST_F(connection_outbound_test, echo_reads_no_more_than_the_client_takes) {
  services.edge.echo = true;
  request.path = "/echo";
  open();
  socket->take_nothing();
  say(long_text);
  EXPECT_FALSE(socket->reading);
  drain();
  EXPECT_TRUE(socket->reading);
}

TEST_F(connection_outbound_test, there_is_no_echo_unless_it_is_on) {
  request.path = "/echo";
  open();
  EXPECT_EQ(hub.count<protocol::join_request>(), 1u);
}

} // namespace towncrier::edge
