#include "tests/edge/connection_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::number_at;
using support::text_at;
using support::true_at;
using support::types_of;

} // namespace

struct connection_test : connection_fixture {};

TEST_F(connection_test, asks_for_a_place_and_is_let_in) {
  knock();
  const auto asked = admission.take_one<protocol::enter_request>();
  EXPECT_EQ(asked.peer, "192.0.2.1:5000");
  EXPECT_EQ(asked.who, who);
  EXPECT_EQ(socket->accepted, 1);
  EXPECT_EQ(traffic->connections_active.get(), 0u);
}

TEST_F(connection_test, where_there_is_no_place_it_says_503_and_when_to_come_back) {
  admission.answer_with([](const caf::message&) {
    return caf::make_message(protocol::admission_result{protocol::refused{"full", 5s}});
  });
  knock();
  ASSERT_TRUE(socket->refusal);
  EXPECT_EQ(socket->refusal->code, 503);
  EXPECT_EQ(socket->refusal->reason, "full");
  EXPECT_EQ(socket->refused_for, 5s);
  EXPECT_EQ(socket->accepted, 0);
  EXPECT_FALSE(socket->closed);
  EXPECT_TRUE(ended(who));
}

TEST_F(connection_test, joins_the_world_when_it_asked_for_nothing) {
  open();
  const auto join_request = hub.take_one<protocol::join_request>();
  EXPECT_EQ(join_request.channels, std::vector<std::string>{"world"});
  EXPECT_TRUE(join_request.automatic);
  EXPECT_EQ(join_request.position, "");
}

TEST_F(connection_test, joins_what_the_query_asked_for) {
  request.channels = {"location:mill"};
  request.position = "n1:1:4";
  open();
  const auto join_request = hub.take_one<protocol::join_request>();
  EXPECT_EQ(join_request.channels, std::vector<std::string>{"location:mill"});
  EXPECT_FALSE(join_request.automatic);
  EXPECT_EQ(join_request.position, "n1:1:4");
}

TEST_F(connection_test, says_after_the_welcome_what_is_wrong_with_the_channels_of_the_query) {
  request.channels = {"evnt:chat", "location:mill", "event:\xFF", ""};
  open();
  EXPECT_EQ(hub.take_one<protocol::join_request>().channels, std::vector<std::string>{"location:mill"});
  join();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "welcome error");
  EXPECT_EQ(number_at(messages[1], "data.code"), 1001);
  EXPECT_EQ(text_at(messages[1], "data.message"),
            "'subscribe' in the URL is 'evnt:chat'; give 'world', 'location:<name>', 'character:<id>' or "
            "'event:<type>', with a name of 1 to 256 bytes; 2 more are wrong");
}

TEST_F(connection_test, who_asked_for_channels_that_do_not_exist_is_not_given_the_world_instead) {
  for (const std::string position : {"", "n1:1:4"}) {
    request.channels = {""};
    request.position = position;
    open();
    const auto join_request = hub.take_one<protocol::join_request>();
    EXPECT_EQ(join_request.channels, std::vector<std::string>{"none"});
    EXPECT_FALSE(join_request.automatic);
  }
}

TEST_F(connection_test, joins_nothing_where_the_query_says_none) {
  request.channels = {"none"};
  request.position = "n1:1:4";
  open();
  const auto join_request = hub.take_one<protocol::join_request>();
  EXPECT_EQ(join_request.channels, std::vector<std::string>{"none"});
  EXPECT_FALSE(join_request.automatic);
  join();
  EXPECT_EQ(types_of(socket->take()), "welcome");
}

TEST_F(connection_test, joins_nothing_where_that_is_the_option) {
  services.edge.auto_subscribe = false;
  open();
  EXPECT_TRUE(hub.take_one<protocol::join_request>().channels.empty());
}

TEST_F(connection_test, the_welcome_is_first_and_says_everything) {
  services.limits.operator_max_messages = 7;
  open();
  EXPECT_TRUE(socket->sent.empty());
  join("n1:1:5", true);
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "welcome");
  const auto& x = messages[0];
  EXPECT_EQ(text_at(x, "data.connection_id"), "c17");
  EXPECT_EQ(text_at(x, "data.node"), "north");
  EXPECT_EQ(number_at(x, "data.incarnation"), 17);
  EXPECT_EQ(text_at(x, "data.server"), "towncrier/" TOWNCRIER_VERSION);
  EXPECT_EQ(number_at(x, "data.protocol"), 1);
  EXPECT_EQ(number_at(x, "data.heartbeat_interval"), 15);
  EXPECT_EQ(text_at(x, "data.position"), "n1:1:5");
  EXPECT_TRUE(true_at(x, "data.resumed"));
  EXPECT_EQ(number_at(x, "data.limits.max_message_bytes"), 64 * 1024);
  EXPECT_EQ(number_at(x, "data.limits.max_messages"), 7);
  EXPECT_EQ(number_at(x, "data.limits.window_seconds"), 60);
  EXPECT_GT(number_at(x, "timestamp"), 1.6e9);
}

TEST_F(connection_test, what_a_client_says_before_the_welcome_is_answered_after_it) {
  open();
  say(R"({"type":"nonsense","data":{},"id":1})");
  say(R"({"type":"heartbeat","data":{},"id":2})");
  EXPECT_TRUE(socket->sent.empty());
  EXPECT_TRUE(rate_limiter.empty());
  join();
  EXPECT_EQ(types_of(socket->take()), "welcome error");
  EXPECT_EQ(passed().messages.size(), 1u);
}

TEST_F(connection_test, a_client_that_says_too_much_before_the_welcome_is_not_read) {
  open();
  say_all(std::vector<std::string>(65, R"({"type":"heartbeat","data":{}})"));
  EXPECT_FALSE(socket->reading);
  join();
  EXPECT_TRUE(socket->reading);
  EXPECT_EQ(passed().messages.size(), 65u);
}

TEST_F(connection_test, speaks_messagepack_to_those_who_asked_for_it) {
  request.format = codec::format::msgpack;
  open();
  join();
  ASSERT_EQ(socket->sent.size(), 1u);
  EXPECT_EQ(static_cast<unsigned char>(socket->sent[0]->front()), 0x82);
  EXPECT_EQ(types_of(socket->take()), "welcome");
}

TEST_F(connection_test, a_client_that_closes_is_forgotten) {
  become_live();
  EXPECT_EQ(traffic->connections_active.get(), 1u);
  send(who, protocol::socket_closed{1000, {}});
  EXPECT_TRUE(ended(who));
  EXPECT_EQ(traffic->connections_active.get(), 0u);
  EXPECT_EQ(traffic->connections_total.get(), 1u);
  EXPECT_EQ(traffic->closed_by_us.get(), 0u);
  EXPECT_EQ(hub.take_one<protocol::leave_order>().who, who.address());
}

TEST_F(connection_test, one_that_closes_while_it_knocks_leaves_nothing_behind) {
  knock();
  send(who, protocol::socket_closed{});
  EXPECT_TRUE(ended(who));
  EXPECT_TRUE(hub.empty());
  EXPECT_EQ(traffic->connections_active.get(), 0u);
}

TEST_F(connection_test, one_that_closes_before_the_welcome_leaves_the_hub_all_the_same) {
  open();
  send(who, protocol::socket_closed{});
  EXPECT_EQ(hub.take_one<protocol::leave_order>().who, who.address());
}

TEST_F(connection_test, one_that_is_told_to_go_before_it_is_open_does_not_come_in) {
  knock();
  send(who, protocol::close_order{protocol::close_code::going_away, "the node is stopping"});
  EXPECT_EQ(close_code(), 1001);
  send(who, protocol::socket_opened{0});
  EXPECT_TRUE(hub.empty());
  EXPECT_EQ(traffic->connections_active.get(), 0u);
}

TEST_F(connection_test, one_that_is_told_to_go_leaves_once_and_says_nothing_more) {
  become_live();
  send(who, protocol::close_order{protocol::close_code::going_away, "the node is stopping"});
  EXPECT_EQ(close_code(), 1001);
  deliver({support::entry_of(support::event("e"))});
  say("garbage");
  EXPECT_TRUE(socket->sent.empty());
  send(who, protocol::socket_closed{1001, {}});
  EXPECT_TRUE(ended(who));
  EXPECT_EQ(hub.count<protocol::leave_order>(), 1u);
  EXPECT_EQ(traffic->closed_by_us.get(), 1u);
}

TEST_F(connection_test, an_actor_that_crashes_closes_its_socket) {
  become_live();
  kill(who);
  EXPECT_EQ(close_code(), 1011);
  EXPECT_EQ(hub.count<protocol::leave_order>(), 1u);
}

} // namespace towncrier::edge
