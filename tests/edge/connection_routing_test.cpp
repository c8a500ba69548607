#include "actors/edge/rate_limiter.hpp"
#include "tests/edge/connection_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using protocol::role;

const std::string publish_one = R"({"type":"state_change","data":{"character_id":"a","new_state":"asleep"},"id":"p1"})";
const std::string publish_event = R"({"type":"event_notification","data":{"event_type":"rain","data":{}}})";
const std::string subscribe = R"({"type":"subscribe","data":{"channels":["location:mill"]},"id":"s"})";
const std::string unsubscribe = R"({"type":"unsubscribe","data":{"channels":["world"]}})";
const std::string resume = R"({"type":"resume","data":{"position":"n1:1:4"}})";
const std::string heartbeat = R"({"type":"heartbeat","data":{}})";

/// What a hub was told, in order.
std::string orders(const std::vector<caf::message>& xs) {
  std::string result;
  for (const auto& x : xs) {
    result += result.empty() ? "" : " ";
    result += x.match_element<protocol::subscribe_order>(0)     ? "subscribe"
              : x.match_element<protocol::unsubscribe_order>(0) ? "unsubscribe"
              : x.match_element<protocol::resume_order>(0)      ? "resume"
              : x.match_element<protocol::heartbeat_order>(0)   ? "heartbeat"
                                                                : "?";
  }
  return result;
}

} // namespace

/// Which way the messages of a client go, and that they keep their order on it.
struct connection_routing_test : connection_fixture {
  connection_routing_test() { services.limits = {100, 60s, 0, 0, 100}; }

  void become(role to) {
    token_owner.role = to;
    say(R"({"type":"auth","data":{"token":"good"}})");
  }
};

TEST_F(connection_routing_test, who_has_no_limit_talks_to_the_hub_straight) {
  become_live_as(role::publisher);
  say_all({subscribe, heartbeat});
  say(resume);
  say(unsubscribe);
  const auto told = hub.take_all();
  EXPECT_EQ(orders(told), "subscribe heartbeat resume unsubscribe");
  const auto& order = told.at(0).get_as<protocol::subscribe_order>(0);
  EXPECT_EQ(order.from.slot, 3u);
  EXPECT_EQ(order.from.viewer, who);
  EXPECT_EQ(order.id, model::message_id{std::string{"s"}});
  EXPECT_TRUE(rate_limiter.empty());
}

TEST_F(connection_routing_test, what_it_publishes_goes_straight_as_well_and_its_receipt_comes_back) {
  become_live_as(role::publisher);
  say_all({publish_one, publish_event, subscribe});
  EXPECT_TRUE(rate_limiter.empty());
  EXPECT_EQ(orders(hub.take_all()), "subscribe");
  auto job = characters.take_one<protocol::character_job>();
  auto event_job = events.take_one<protocol::event_job>();
  EXPECT_EQ(job.inputs.size(), 1u);
  EXPECT_TRUE(socket->sent.empty());
  job = {};
  characters.clear();
  run();
  EXPECT_TRUE(socket->sent.empty()) << "the event is on its way yet";
  event_job = {};
  events.clear();
  run();
  EXPECT_EQ(support::types_of(socket->take()), "result");
}

TEST_F(connection_routing_test, who_has_a_limit_passes_the_rate_limiter_with_everything) {
  become_live_as(role::viewer);
  say_all({subscribe, heartbeat});
  say(resume);
  EXPECT_TRUE(hub.empty());
  EXPECT_EQ(rate_limiter.count<protocol::inbound>(), 2u);
}

TEST_F(connection_routing_test, who_had_a_limit_does_not_overtake_what_waits_at_the_rate_limiter) {
  become_live_as(role::viewer);
  say(subscribe);
  become(role::publisher);
  say(unsubscribe);
  EXPECT_TRUE(hub.empty()) << "the rate limiter has its subscribe still";
  EXPECT_EQ(rate_limiter.count<protocol::inbound>(), 2u);
}

TEST_F(connection_routing_test, one_whose_role_was_changed_before_it_said_anything_has_no_limit) {
  become_live_as(role::viewer);
  become(role::publisher);
  say(subscribe);
  EXPECT_EQ(orders(hub.take_all()), "subscribe");
}

TEST_F(connection_routing_test, who_gets_a_limit_passes_the_rate_limiter_from_then_on) {
  become_live_as(role::publisher);
  say(subscribe);
  become(role::viewer);
  say(unsubscribe);
  EXPECT_EQ(orders(hub.take_all()), "subscribe");
  EXPECT_EQ(rate_limiter.take_one<protocol::inbound>().messages.size(), 1u);
}

TEST_F(connection_routing_test, a_hub_is_told_the_same_in_the_same_order_on_either_way) {
  const std::vector<std::vector<std::string>> reads{
      {subscribe, publish_one, heartbeat}, {resume}, {publish_event, unsubscribe, subscribe}, {heartbeat, heartbeat}};
  const std::string expected = "subscribe heartbeat resume unsubscribe subscribe heartbeat heartbeat";
  for (const std::size_t limit : {0, 100}) {
    services.limits.publisher_max_messages = limit;
    const auto real = spawn(
        edge::rate_limiter,
        [to = routes{characters, events, {}, debugger, {}}](protocol::inbound&& x) { route(to, std::move(x)); },
        services.limits);
    limiter_in_place = real;
    become_live_as(role::publisher);
    for (const auto& each : reads)
      say_all(each);
    EXPECT_EQ(orders(hub.take_all()), expected) << limit;
    EXPECT_EQ(characters.take<protocol::character_job>().size(), 1u);
    EXPECT_EQ(events.take<protocol::event_job>().size(), 1u);
    EXPECT_EQ(*model::find(state_of<rate_limiter_state>(real).describe(), "admitted"),
              (model::value{std::uint64_t{limit == 0 ? 0U : 9U}}));
    socket = std::make_shared<support::fake_socket>();
  }
}

} // namespace towncrier::edge
