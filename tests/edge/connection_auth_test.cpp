#include "model/wall_clock.hpp"
#include "tests/edge/connection_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::number_at;
using support::text_at;
using support::true_at;
using support::types_of;

/// Keeps every question until it is told the answer.
struct slow_authenticator_state {
  static inline const char* name = "slow_authenticator";
  slow_authenticator_state() = default;
  model::object describe() const { return {}; }
  std::vector<caf::typed_response_promise<protocol::verify_result>> waiting;
};

using slow_authenticator_pointer = hosting::pointer<protocol::authenticator_actor, slow_authenticator_state>;

/// Everybody who asked is good when it is told to reload.
protocol::authenticator_actor::behavior_type slow_authenticator(slow_authenticator_pointer self) {
  return {
      [self](const protocol::verify_request&) -> caf::result<protocol::verify_result> {
        return self->state.waiting.emplace_back(self->make_response_promise<protocol::verify_result>());
      },
      [self](protocol::reload_atom) {
        for (auto& x : std::exchange(self->state.waiting, {}))
          x.deliver(protocol::verify_result{protocol::identity{"ada", protocol::role::viewer, 0}, {}});
      },
      [](const protocol::credentials_read&) {},
  };
}

} // namespace

struct connection_auth_test : connection_fixture {};

TEST_F(connection_auth_test, a_good_token_of_the_upgrade_joins_at_once) {
  services.auth_enabled = true;
  services.limits.max_messages = 42;
  request.token = "good";
  open();
  EXPECT_EQ(authenticator.take_one<protocol::verify_request>().token, "good");
  EXPECT_EQ(hub.count<protocol::join_request>(), 1u);
  join();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "welcome");
  EXPECT_EQ(number_at(messages[0], "data.limits.max_messages"), 42);
}

TEST_F(connection_auth_test, a_bad_token_is_answered_with_1002_and_closed_with_1008) {
  services.auth_enabled = true;
  request.token = "bad";
  open();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1002);
  EXPECT_EQ(close_code(), 1008);
  EXPECT_EQ(socket->closed->reason, "Invalid token");
  EXPECT_TRUE(hub.empty());
}

TEST_F(connection_auth_test, takes_the_token_from_auth_and_answers_after_the_welcome) {
  services.auth_enabled = true;
  open();
  EXPECT_TRUE(hub.empty());
  say_all({R"({"type":"auth","data":{"token":"good"},"id":"a1"})", R"({"type":"heartbeat","data":{}})"});
  EXPECT_EQ(hub.count<protocol::join_request>(), 1u);
  join();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "welcome result");
  EXPECT_EQ(text_at(messages[1], "data.id"), "a1");
  EXPECT_TRUE(true_at(messages[1], "data.ok"));
  EXPECT_EQ(passed().messages.size(), 1u);
  live_on(11s);
  EXPECT_FALSE(socket->closed);
}

TEST_F(connection_auth_test, a_bad_auth_is_answered_by_its_id) {
  services.auth_enabled = true;
  open();
  say(R"({"type":"auth","data":{"token":"bad"},"id":"a1"})");
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(text_at(messages[0], "data.id"), "a1");
  EXPECT_EQ(socket->closed->reason, "Invalid token");
}

TEST_F(connection_auth_test, garbage_before_auth_does_not_keep_the_auth_waiting) {
  services.auth_enabled = true;
  open();
  say_all({"garbage", R"({"type":"auth","data":{"token":"good"}})"});
  EXPECT_EQ(types_of(socket->take()), "error");
  EXPECT_EQ(hub.count<protocol::join_request>(), 1u);
}

TEST_F(connection_auth_test, anything_else_before_auth_is_refused) {
  services.auth_enabled = true;
  open();
  say_all(
      {R"({"type":"subscribe","data":{"channels":["world"]},"id":4})", R"({"type":"auth","data":{"token":"good"}})"});
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1002);
  EXPECT_EQ(number_at(messages[0], "data.id"), 4);
  EXPECT_EQ(close_code(), 1008);
  EXPECT_TRUE(authenticator.empty());
}

TEST_F(connection_auth_test, who_sends_no_token_in_time_is_closed) {
  services.auth_enabled = true;
  open();
  live_on(9999ms);
  EXPECT_FALSE(socket->closed);
  live_on(1ms);
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1002);
  EXPECT_EQ(close_code(), 1008);
}

TEST_F(connection_auth_test, does_not_time_out_while_a_token_is_being_checked) {
  services.auth_enabled = true;
  const auto slow = spawn(slow_authenticator);
  stand_in = slow;
  open();
  live_on(9s);
  say_all({R"({"type":"auth","data":{"token":"good"}})", R"({"type":"heartbeat","data":{}})"});
  live_on(2s);
  EXPECT_FALSE(socket->closed);
  send(slow, protocol::reload_atom::value);
  EXPECT_EQ(hub.count<protocol::join_request>(), 1u);
}

TEST_F(connection_auth_test, an_authenticator_that_is_gone_is_our_fault) {
  services.auth_enabled = true;
  request.token = "good";
  kill(authenticator.handle());
  open();
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1004);
  EXPECT_EQ(close_code(), 1013);
}

TEST_F(connection_auth_test, a_token_that_expires_ends_the_connection) {
  token_owner.expires_at = model::wall_clock() + 3600;
  become_live_as(protocol::role::viewer);
  send(who, protocol::heartbeat_due{});
  EXPECT_EQ(types_of(socket->take()), "heartbeat");
  EXPECT_FALSE(socket->closed);
  token_owner.expires_at = model::wall_clock() - 1;
  say(R"({"type":"auth","data":{"token":"good"},"id":9})");
  send(who, protocol::heartbeat_due{});
  auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "result error");
  EXPECT_EQ(number_at(messages[1], "data.code"), 1002);
  EXPECT_EQ(close_code(), 1008);
}

namespace {

protocol::grants_changed now_granted(protocol::grants x) {
  return {std::make_shared<const protocol::grants>(std::move(x))};
}

} // namespace

TEST_F(connection_auth_test, a_token_that_was_taken_back_ends_the_connection) {
  become_live_as(protocol::role::operator_);
  send(who, now_granted({{"ada's", protocol::role::operator_}, {"bob's", protocol::role::viewer}}));
  EXPECT_FALSE(socket->closed);
  send(who, now_granted({{"bob's", protocol::role::operator_}}));
  const auto messages = socket->take();
  ASSERT_EQ(types_of(messages), "error");
  EXPECT_EQ(number_at(messages[0], "data.code"), 1002);
  EXPECT_EQ(close_code(), 1008);
  EXPECT_EQ(socket->closed->reason, "token revoked");
  EXPECT_EQ(traffic->revoked.get(), 1u);
}

TEST_F(connection_auth_test, a_lower_role_ends_the_connection_and_a_higher_one_does_not) {
  become_live_as(protocol::role::publisher);
  send(who, now_granted({{"ada's", protocol::role::operator_}}));
  EXPECT_FALSE(socket->closed);
  send(who, now_granted({{"ada's", protocol::role::viewer}}));
  EXPECT_EQ(close_code(), 1008);
  EXPECT_EQ(socket->closed->reason, "token revoked");
}

TEST_F(connection_auth_test, a_token_that_was_taken_back_counts_before_the_welcome_too) {
  services.auth_enabled = true;
  request.token = "good";
  open();
  send(who, now_granted({}));
  EXPECT_EQ(socket->closed->reason, "token revoked");
  join();
  EXPECT_EQ(types_of(socket->take()), "error") << "no welcome";
}

TEST_F(connection_auth_test, another_token_takes_the_place_of_the_first) {
  become_live_as(protocol::role::viewer);
  token_grant = "ada's second";
  say(R"({"type":"auth","data":{"token":"good"},"id":9})");
  send(who, now_granted({{"ada's second", protocol::role::viewer}}));
  EXPECT_FALSE(socket->closed);
  send(who, now_granted({{"ada's", protocol::role::viewer}}));
  EXPECT_EQ(socket->closed->reason, "token revoked");
}

TEST_F(connection_auth_test, who_came_without_a_token_has_none_to_lose) {
  services.auth_enabled = true;
  services.anonymous = protocol::role::viewer;
  become_live();
  send(who, now_granted({}));
  EXPECT_FALSE(socket->closed);
}

TEST_F(connection_auth_test, without_a_token_one_is_what_anonymous_clients_are) {
  services.auth_enabled = true;
  services.anonymous = protocol::role::viewer;
  services.limits.max_messages = 42;
  open();
  join();
  EXPECT_EQ(number_at(socket->take().at(0), "data.limits.max_messages"), 42);
  EXPECT_TRUE(authenticator.empty());
  say(R"({"type":"command","data":{"name":"pause"},"id":1})");
  EXPECT_EQ(number_at(socket->take().at(0), "data.code"), 1002);
  say(R"({"type":"subscribe","data":{"channels":["world"]}})");
  EXPECT_EQ(passed().who.name, "anonymous@192.0.2.1");
}

TEST_F(connection_auth_test, an_anonymous_client_may_show_a_token_later) {
  services.auth_enabled = true;
  services.anonymous = protocol::role::viewer;
  token_owner.role = protocol::role::operator_;
  become_live();
  say(R"({"type":"auth","data":{"token":"good"},"id":1})");
  EXPECT_TRUE(true_at(socket->take().at(0), "data.ok"));
  say(R"({"type":"command","data":{"name":"pause"}})");
  EXPECT_EQ(passed().who.name, "ada");
}

TEST_F(connection_auth_test, a_bad_token_is_refused_where_none_would_do) {
  services.auth_enabled = true;
  services.anonymous = protocol::role::viewer;
  request.token = "bad";
  open();
  EXPECT_EQ(socket->closed->reason, "Invalid token");
}

} // namespace towncrier::edge
