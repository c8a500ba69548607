#include "tests/support/actor_fixture.hpp"

#include <chrono>

namespace towncrier {

namespace {

using namespace std::chrono_literals;
using protocol::batcher_actor;
using protocol::due_atom;
using protocol::tick_atom;

struct echo_state {
  static inline const char* name = "echo";
  model::object describe() const { return {}; }
};

using ticking = protocol::dispatcher_actor::extend<caf::reacts_to<tick_atom>>;

/// Tells `next` of a tick every 10 ms for ever.
ticking::behavior_type ticker(hosting::pointer<ticking, echo_state> self, batcher_actor next) {
  self->delayed_send(self, 10ms, tick_atom::value);
  return {[](const protocol::inbound&) {},
          [=](tick_atom) {
            self->send(next, due_atom::value, std::uint64_t{7});
            self->delayed_send(self, 10ms, tick_atom::value);
          }};
}

protocol::authenticator_actor::behavior_type
authenticator(hosting::pointer<protocol::authenticator_actor, echo_state> self) {
  return {[](const protocol::verify_request& x) {
            return protocol::verify_result{std::nullopt, x.token};
          },
          [=](protocol::reload_atom) { self->quit(); }, [](const protocol::credentials_read&) {}};
}

} // namespace

struct actor_fixture_test : support::actor_fixture {
  support::probe<batcher_actor> probe = make_probe<batcher_actor>();
};

TEST_F(actor_fixture_test, fires_a_timer_that_starts_itself_again_as_often_as_it_would) {
  spawn(ticker, probe.handle());
  advance(9ms);
  EXPECT_TRUE(probe.empty());
  advance(1ms);
  EXPECT_EQ(probe.count<due_atom>(), 1u);
  advance(100ms);
  EXPECT_EQ(probe.take<due_atom>().size(), 11u);
  EXPECT_TRUE(probe.empty());
}

TEST_F(actor_fixture_test, records_messages_in_order) {
  for (int i = 1; i <= 3; ++i) {
    model::event e{std::to_string(i), {}, 0};
    send(probe.handle(), protocol::outgoing_change{std::make_shared<const model::event>(e), nullptr});
  }
  const auto changes = probe.take<protocol::outgoing_change>();
  ASSERT_EQ(changes.size(), 3u);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(std::get<model::event_ptr>(changes[static_cast<std::size_t>(i)].change)->event_type,
              std::to_string(i + 1));
}

TEST_F(actor_fixture_test, gives_the_answer_to_a_request) {
  const auto actor = spawn(authenticator);
  EXPECT_EQ(request<protocol::verify_result>(actor, protocol::verify_request{"abc"})->reason, "abc");
}

TEST_F(actor_fixture_test, lets_a_probe_answer_requests) {
  auto stand_in = make_probe<protocol::authenticator_actor>();
  stand_in.answer_with([](const caf::message&) { return caf::make_message(protocol::verify_result{{}, "never"}); });
  EXPECT_EQ(request<protocol::verify_result>(stand_in.handle(), protocol::verify_request{"abc"})->reason, "never");
  EXPECT_EQ(stand_in.take_one<protocol::verify_request>().token, "abc");
}

TEST_F(actor_fixture_test, ends_actors) {
  const auto first = spawn(authenticator);
  const auto second = spawn(authenticator);
  send(first, protocol::reload_atom::value);
  kill(second);
  kill(probe.handle());
  EXPECT_TRUE(ended(first));
  EXPECT_TRUE(ended(second));
  EXPECT_TRUE(ended(probe.handle()));
}

} // namespace towncrier
