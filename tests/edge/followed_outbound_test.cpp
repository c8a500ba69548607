#include "actors/edge/followed_outbound.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_socket.hpp"
#include "tests/support/fake_trace_time.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::entry_of;
using tracing::outcome;

const std::string long_text(2000, 'x');

} // namespace

/// Followed messages between an outlet and a socket, without a connection. The actors of the fixture are those who are
/// told of traces.
struct followed_outbound_test : support::actor_fixture {
  support::fake_trace_time clock{*this};
  tracing::board_ptr traces = std::make_shared<tracing::board>();
  support::probe<protocol::tracer_actor> tracer = make_probe<protocol::tracer_actor>();
  support::fake_socket socket;
  protocol::traffic traffic;
  edge::outlet outlet{socket, traffic, {1000, 3000}};
  followed_outbound followed;

  followed_outbound_test() {
    traces->tell(tracer.handle()->address());
    support::watch(*traces, "character:ada");
  }

  static fanout::entry version(std::uint64_t x) { return entry_of(support::state_change(character("ada", x))); }

  fanout::chunk chunk_of(fanout::entry x, bool is_followed, bool was_held = false) {
    auto result = support::chunk_of({x}, "n1:1:6");
    if (is_followed)
      result.follow({{x.what, traces->begin({"character:ada", "state_change"}, {}, nullptr), was_held}});
    return result;
  }

  /// As a connection does.
  void show(fanout::entry x, bool is_followed = true) {
    const auto chunk = chunk_of(std::move(x), is_followed);
    const auto live = outlet.deliver_live(chunk);
    if (!live)
      outlet.put_off(chunk, now());
    followed.shown(chunk, live, outlet);
  }

  void drain() {
    socket.take_all();
    followed.socket_took_all();
    outlet.drained(now());
    followed.gave_more(outlet);
  }

  void fall_behind() {
    socket.take_nothing();
    show(entry_of(support::event("big", long_text)), false);
  }

  /// What became of it for the client: `outcome` of each report, in order, with how long it waited.
  std::string told() {
    run();
    std::string result;
    for (const auto& report : tracer.take<tracing::report>())
      for (const auto& message : report.messages)
        for (const auto& x : message.spans)
          result += (result.empty() ? "" : ", ") + std::string{to_string(x.result)} +
                    (x.reason.empty() ? "" : " (" + x.reason + ")") +
                    (x.kept == 0 ? "" : " after " + std::to_string(x.kept / 1'000'000) + " ms");
    return result;
  }
};

TEST_F(followed_outbound_test, keeps_nothing_of_what_the_socket_takes_at_once) {
  show(version(1));
  EXPECT_TRUE(followed.empty());
  EXPECT_EQ(told(), "written");
}

TEST_F(followed_outbound_test, waits_until_the_socket_took_it) {
  socket.take_nothing();
  show(version(1));
  EXPECT_FALSE(followed.empty());
  EXPECT_EQ(told(), "passed (the socket is not ready)");
  advance(40ms);
  drain();
  EXPECT_TRUE(followed.empty());
  EXPECT_EQ(told(), "written after 40 ms");
}

TEST_F(followed_outbound_test, waits_in_the_outlet_and_then_for_the_socket) {
  fall_behind();
  show(version(1));
  EXPECT_EQ(told(), "passed (the client is behind)");
  // The socket takes what it had and then nothing again: what was in the outlet is in the socket now.
  socket.queued = 0;
  followed.socket_took_all();
  outlet.drained(now());
  followed.gave_more(outlet);
  EXPECT_EQ(told(), "");
  EXPECT_FALSE(followed.empty());
  drain();
  EXPECT_TRUE(followed.empty());
  EXPECT_EQ(told(), "written");
}

TEST_F(followed_outbound_test, a_later_state_that_nobody_follows_takes_its_place) {
  fall_behind();
  show(version(1));
  told();
  show(version(2), false);
  EXPECT_TRUE(followed.empty());
  EXPECT_EQ(told(), "conflated (version 1.2 took its place before the socket had room)");
}

TEST_F(followed_outbound_test, an_event_past_the_bound_is_dropped) {
  fall_behind();
  show(entry_of(support::event("sale", long_text)));
  told();
  show(entry_of(support::event("other", long_text)), false);
  EXPECT_TRUE(followed.empty());
  EXPECT_EQ(told(), "dropped (more events waited than the outbox may hold)");
}

TEST_F(followed_outbound_test, who_goes_was_not_given_what_waited) {
  fall_behind();
  show(version(1));
  told();
  followed.end();
  EXPECT_TRUE(followed.empty());
  EXPECT_EQ(told(), "dropped (closed)");
  followed.end();
  EXPECT_EQ(told(), "");
}

TEST_F(followed_outbound_test, one_that_is_not_live_is_shown_nothing_and_counted_once) {
  followed_outbound::not_shown(chunk_of(version(1), true, true), "not_welcome_yet");
  run();
  const auto reports = tracer.take<tracing::report>();
  ASSERT_EQ(reports.size(), 1u);
  const auto& message = reports.front().messages.front();
  EXPECT_EQ(message.spans.front().reason, "not_welcome_yet");
  EXPECT_EQ(message.receivers[static_cast<std::size_t>(outcome::dropped)], 1);
  EXPECT_EQ(message.receivers[static_cast<std::size_t>(outcome::held)], -1) << "its hub had told so before";
}

} // namespace towncrier::edge
