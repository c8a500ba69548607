#include "codec/msgpack.hpp"
#include "tests/edge/connection_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::number_at;
using support::text_at;
using support::true_at;
using support::types_of;

const std::string publish_one = R"({"type":"state_change","data":{"character_id":"a","new_state":"asleep"},"id":"p1"})";

/// Two of its messages are good.
constexpr std::string_view partly_bad = R"({"type":"batch","id":"b","data":[
        {"type":"state_change","data":{"character_id":"a","new_state":"asleep"}},
        {"type":"state_change","data":{"new_state":"asleep"}},
        {"type":"nonsense","data":{}},
        {"type":"event_notification","data":{"event_type":"rain","data":{}}}]})";

} // namespace

struct connection_inbound_test : connection_fixture {
  /// What the limiter was passed has gone its way, and its receipt comes back.
  void finish(protocol::inbound x) {
    x = {};
    rate_limiter.clear();
    run();
  }
};

TEST_F(connection_inbound_test, passes_on_what_was_read_in_one_go) {
  become_live();
  say_all({R"({"type":"subscribe","data":{"channels":["world"]},"id":1})", R"({"type":"heartbeat","data":{}})"});
  const auto x = passed();
  EXPECT_EQ(x.origin.id, 17u);
  EXPECT_EQ(x.origin.from.slot, 3u);
  EXPECT_EQ(x.origin.from.viewer, who);
  EXPECT_EQ(x.origin.hub, hub.handle());
  ASSERT_EQ(x.messages.size(), 2u);
  EXPECT_EQ(x.messages[0].id, model::message_id{std::int64_t{1}});
  EXPECT_FALSE(x.receipt) << "nothing is published";
  EXPECT_EQ(traffic->messages_received.get(), 2u);
  EXPECT_EQ(traffic->received_by_type[1].get(), 1u);
  EXPECT_EQ(traffic->received_by_type[4].get(), 1u);
}

TEST_F(connection_inbound_test, a_message_that_cannot_be_read_is_answered_and_loses_nothing_else) {
  become_live();
  say_all({R"({"type":"subscribe","data":{"channels":["moon"]},"id":"s"})", R"({"type":"heartbeat","data":{}})"});
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1001);
  EXPECT_EQ(text_at(messages[0], "data.id"), "s");
  EXPECT_EQ(passed().messages.size(), 1u);
  EXPECT_EQ(traffic->received_by_type[7].get(), 1u);
}

TEST_F(connection_inbound_test, a_binary_frame_on_a_json_connection_is_an_error) {
  become_live();
  std::string bytes;
  codec::append_msgpack(bytes, model::object{{"type", "heartbeat"}, {"data", model::object{}}});
  send(who, protocol::socket_received{{{true, bytes}}});
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1001);
  EXPECT_TRUE(rate_limiter.empty());
}

TEST_F(connection_inbound_test, a_messagepack_connection_takes_binary_frames_only) {
  request.format = codec::format::msgpack;
  become_live();
  std::string bytes;
  codec::append_msgpack(bytes, model::object{{"type", "heartbeat"}, {"data", model::object{}}});
  send(who, protocol::socket_received{{{true, bytes}}});
  EXPECT_EQ(passed().messages.size(), 1u);
  say(R"({"type":"heartbeat","data":{}})");
  EXPECT_EQ(types_of(socket->take()), "error");
}

TEST_F(connection_inbound_test, too_many_bad_messages_within_a_minute_end_it) {
  services.edge.max_errors = 5;
  become_live();
  for (int i = 0; i < 5; ++i)
    say("garbage");
  EXPECT_FALSE(socket->closed);
  say("garbage");
  EXPECT_EQ(socket->take().size(), 6u);
  EXPECT_EQ(close_code(), 1008);
}

TEST_F(connection_inbound_test, bad_messages_now_and_then_do_not_end_it) {
  services.edge.max_errors = 5;
  become_live();
  for (int i = 0; i < 50; ++i) {
    say("garbage");
    live_on(12s);
  }
  EXPECT_FALSE(socket->closed);
}

TEST_F(connection_inbound_test, nothing_is_passed_on_after_the_end) {
  services.edge.max_errors = 1;
  become_live();
  say_all({"garbage", "garbage", R"({"type":"heartbeat","data":{}})"});
  EXPECT_EQ(close_code(), 1008);
  EXPECT_TRUE(rate_limiter.empty());
}

TEST_F(connection_inbound_test, a_viewer_may_neither_publish_nor_command) {
  become_live_as(protocol::role::viewer);
  say_all({publish_one, R"({"type":"command","data":{"name":"pause"},"id":2})",
           R"({"type":"subscribe","data":{"channels":["world"]}})"});
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1002);
  EXPECT_EQ(text_at(messages[0], "data.id"), "p1");
  EXPECT_EQ(number_at(messages[1], "data.id"), 2);
  const auto x = passed();
  EXPECT_EQ(x.messages.size(), 1u);
  EXPECT_EQ(x.who.name, "ada");
}

TEST_F(connection_inbound_test, a_publisher_may_publish_and_not_command) {
  become_live_as(protocol::role::publisher);
  say_all({publish_one, R"({"type":"command","data":{"name":"pause"}})"});
  EXPECT_EQ(types_of(socket->take()), "error");
  EXPECT_EQ(passed().messages.size(), 1u);
}

TEST_F(connection_inbound_test, an_operator_may_do_everything) {
  become_live_as(protocol::role::operator_);
  say_all({publish_one, R"({"type":"command","data":{"name":"pause"}})"});
  EXPECT_TRUE(socket->sent.empty());
  EXPECT_EQ(passed().messages.size(), 2u);
}

TEST_F(connection_inbound_test, a_second_auth_gives_another_role) {
  become_live_as(protocol::role::viewer);
  token_owner.role = protocol::role::publisher;
  say(R"({"type":"auth","data":{"token":"good"},"id":"again"})");
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "result");
  EXPECT_EQ(text_at(messages[0], "data.id"), "again");
  say(publish_one);
  EXPECT_EQ(passed().messages.size(), 1u);
}

TEST_F(connection_inbound_test, a_second_auth_that_is_bad_is_never_called_good) {
  become_live_as(protocol::role::viewer);
  say(R"({"type":"auth","data":{"token":"bad"},"id":"again"})");
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(text_at(messages[0], "data.id"), "again");
  EXPECT_EQ(socket->closed->reason, "Invalid token");
}

TEST_F(connection_inbound_test, auth_where_nobody_needs_one_is_well) {
  become_live();
  say(R"({"type":"auth","data":{"token":"whatever"},"id":1})");
  EXPECT_EQ(types_of(socket->take()), "result");
  EXPECT_TRUE(authenticator.empty());
}

TEST_F(connection_inbound_test, a_publisher_is_told_when_every_hub_has_it) {
  become_live();
  say(publish_one);
  auto x = passed();
  ASSERT_TRUE(x.receipt);
  EXPECT_TRUE(socket->sent.empty());
  auto copy = x.receipt;
  finish(std::move(x));
  EXPECT_TRUE(socket->sent.empty()) << "somebody still has it";
  copy = nullptr;
  run();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "result");
  EXPECT_EQ(text_at(messages[0], "data.id"), "p1");
  EXPECT_TRUE(true_at(messages[0], "data.ok"));
}

TEST_F(connection_inbound_test, a_publisher_that_named_nothing_is_told_nothing) {
  become_live();
  say(R"({"type":"state_change","data":{"character_id":"a","new_state":"asleep"}})");
  finish(passed());
  EXPECT_TRUE(socket->sent.empty());
}

TEST_F(connection_inbound_test, a_batch_of_which_parts_are_bad_is_answered_once_and_the_rest_is_published) {
  become_live();
  say(std::string{partly_bad});
  EXPECT_TRUE(socket->sent.empty()) << "it is answered when the rest has been delivered";
  auto x = passed();
  ASSERT_EQ(x.messages.size(), 1u);
  EXPECT_EQ(x.messages[0].weight, 4u);
  EXPECT_EQ(std::get<model::publish_request>(x.messages[0].body).items.size(), 2u);
  finish(std::move(x));
  const auto answers = socket->take();
  ASSERT_EQ(types_of(answers), "error");
  const auto& data = *answers[0].find("data");
  EXPECT_EQ(number_at(data, "code"), 1001);
  EXPECT_EQ(text_at(data, "id"), "b");
  EXPECT_EQ(number_at(data, "taken"), 2);
  const auto* refused = data.find("refused")->get_if<model::array>();
  ASSERT_TRUE(refused != nullptr && refused->size() == 2u);
  EXPECT_EQ((*refused)[0],
            model::value{"message 1: state_change: 'character_id' is missing; give a string or an integer"});
  EXPECT_EQ(traffic->errors_sent.get(), 1u);
  // The name may be used again.
  say(R"({"type":"batch","id":"b","data":[]})");
  finish(passed());
  EXPECT_EQ(types_of(socket->take()), "result");
}

TEST_F(connection_inbound_test, a_batch_that_nobody_named_is_told_each_of_its_faults) {
  become_live();
  auto text = std::string{partly_bad};
  text.replace(text.find(R"("id":"b",)"), 9, "");
  say(text);
  EXPECT_EQ(types_of(socket->take()), "error error");
  finish(passed());
  EXPECT_TRUE(socket->sent.empty());
}

TEST_F(connection_inbound_test, a_bad_batch_that_the_rate_limiter_refused_is_answered_once_too) {
  become_live();
  say(std::string{partly_bad});
  auto x = passed();
  send(who, protocol::failure_answer{protocol::errc::rate_limit, "slow down", model::message_id{std::string{"b"}}, 1.0,
                                     std::nullopt});
  finish(std::move(x));
  const auto answers = socket->take();
  ASSERT_EQ(types_of(answers), "error");
  EXPECT_EQ(number_at(answers[0], "data.code"), 1003);
}

TEST_F(connection_inbound_test, who_sends_bad_batches_again_and_again_is_closed) {
  services.edge.max_errors = 3;
  become_live();
  for (int i = 0; i < 4 && !socket->closed; ++i) {
    say(std::string{partly_bad});
    finish(passed());
  }
  EXPECT_EQ(close_code(), 1008);
}

TEST_F(connection_inbound_test, what_the_rate_limiter_refused_is_not_called_done) {
  become_live();
  say_all({publish_one, R"({"type":"state_change","data":{"character_id":"b","new_state":"asleep"},"id":"p2"})"});
  auto x = passed();
  send(who, protocol::failure_answer{protocol::errc::rate_limit, "slow down", model::message_id{std::string{"p1"}}, 1.0,
                                     std::nullopt});
  finish(std::move(x));
  auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error result");
  EXPECT_EQ(text_at(messages[1], "data.id"), "p2");
  say(publish_one); // and this time it passes
  finish(passed());
  EXPECT_EQ(types_of(socket->take()), "result");
}

TEST_F(connection_inbound_test, is_not_read_while_too_much_is_on_its_way) {
  services.edge.max_in_flight = 3;
  become_live();
  say_all({publish_one, publish_one});
  EXPECT_TRUE(socket->reading);
  auto first = passed();
  say(publish_one);
  EXPECT_FALSE(socket->reading);
  auto second = passed();
  finish(std::move(second));
  EXPECT_TRUE(socket->reading);
  finish(std::move(first));
  EXPECT_TRUE(socket->reading);
}

TEST_F(connection_inbound_test, a_batch_counts_as_what_it_holds) {
  services.edge.max_in_flight = 3;
  become_live();
  say(R"({"type":"batch","data":[{"type":"event_notification","data":{"event_type":"a","data":{}}},
        {"type":"event_notification","data":{"event_type":"b","data":{}}},
        {"type":"event_notification","data":{"event_type":"c","data":{}}}]})");
  EXPECT_FALSE(socket->reading);
  finish(passed());
  EXPECT_TRUE(socket->reading);
}

TEST_F(connection_inbound_test, a_client_that_does_not_read_its_answers_is_not_read) {
  services.edge.max_queued_bytes = 1000;
  services.edge.max_errors = 1000;
  become_live();
  socket->take_nothing();
  for (int i = 0; i < 100 && socket->reading; ++i)
    say("garbage");
  EXPECT_FALSE(socket->reading);
  EXPECT_LT(socket->queued_bytes(), 2000u);
  socket->take_all();
  send(who, protocol::drained_atom::value);
  EXPECT_TRUE(socket->reading);
}

TEST_F(connection_inbound_test, a_receipt_that_comes_back_late_disturbs_nobody) {
  become_live();
  say(publish_one);
  auto x = passed();
  send(who, protocol::socket_closed{});
  EXPECT_TRUE(ended(who));
  finish(std::move(x));
  EXPECT_TRUE(socket->sent.empty());
}

} // namespace towncrier::edge
