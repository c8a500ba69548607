#include "tests/edge/connection_fixture.hpp"
#include "tests/support/fake_trace_time.hpp"
#include "tracing/notes.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::entry_of;
using tracing::outcome;

const std::string long_text(2000, 'x');

} // namespace

/// What became of followed messages at one viewer.
struct connection_tracing_test : connection_fixture {
  support::fake_trace_time clock{*this};
  tracing::board_ptr traces = std::make_shared<tracing::board>();
  support::probe<protocol::tracer_actor> tracer = make_probe<protocol::tracer_actor>();

  connection_tracing_test() {
    traces->tell(tracer.handle()->address());
    services.traces = traces;
    services.edge.max_queued_bytes = 1000;
    services.edge.max_event_bytes = 3000;
    support::watch(*traces, "character:ada");
  }

  model::trace_ptr mark(std::string subject = "character:ada") {
    return traces->begin({std::move(subject), "state_change"}, {}, nullptr);
  }

  void show(fanout::entry x, model::trace_ptr with, bool was_held = false) {
    auto chunk = std::make_shared<fanout::chunk>(support::chunk_of({x}, "n1:1:6"));
    if (with)
      chunk->follow({{x.what, std::move(with), was_held}});
    send(who, protocol::delivery{std::move(chunk)});
  }

  static fanout::entry version(std::uint64_t x) { return entry_of(support::state_change(character("ada", x))); }

  /// `step outcome reason` of every span since the last call, and after a `|` how many viewers were counted where.
  std::string told() {
    std::string spans;
    std::array<std::int64_t, tracing::outcome_count> counted{};
    for (const auto& report : tracer.take<tracing::report>())
      for (const auto& message : report.messages) {
        for (const auto& x : message.spans)
          spans += (spans.empty() ? "" : ", ") + std::string{x.step} + ' ' + std::string{to_string(x.result)} +
                   (x.reason.empty() ? "" : " " + x.reason);
        for (std::size_t i = 0; i < counted.size(); ++i)
          counted[i] += message.receivers[i];
      }
    spans += " |";
    for (std::size_t i = 0; i < counted.size(); ++i)
      if (counted[i] != 0)
        spans += ' ' + std::to_string(counted[i]) + ' ' + std::string{to_string(static_cast<outcome>(i))};
    return spans;
  }

  void fall_behind() {
    socket->take_nothing();
    deliver({entry_of(support::event("big", long_text))});
  }

  void take_all() {
    socket->take_all();
    send(who, protocol::drained_atom::value);
  }
};

TEST_F(connection_tracing_test, says_that_the_socket_took_it) {
  become_live();
  show(version(1), mark());
  EXPECT_EQ(told(), "written written | 1 written");
}

TEST_F(connection_tracing_test, says_nothing_of_what_nobody_follows) {
  become_live();
  show(version(1), nullptr);
  EXPECT_TRUE(tracer.empty());
}

TEST_F(connection_tracing_test, a_message_waits_for_the_socket) {
  become_live();
  socket->take_nothing();
  show(version(1), mark());
  EXPECT_EQ(told(), "queued passed the socket is not ready | 1 passed");
  advance(30ms);
  take_all();
  const auto reports = tracer.take<tracing::report>();
  ASSERT_EQ(reports.size(), 1u);
  const auto& written = reports.front().messages.front();
  EXPECT_EQ(written.spans.front().step, "written");
  EXPECT_EQ(written.spans.front().kept, 30'000'000);
  EXPECT_EQ(written.receivers[static_cast<std::size_t>(outcome::written)], 1);
  EXPECT_EQ(written.receivers[static_cast<std::size_t>(outcome::passed)], -1);
}

TEST_F(connection_tracing_test, a_later_state_takes_the_place_of_one_that_waits) {
  become_live();
  fall_behind();
  show(version(4), mark());
  EXPECT_EQ(told(), "queued passed the client is behind | 1 passed");
  show(version(5), nullptr);
  EXPECT_EQ(told(),
            "conflated conflated version 1.5 took its place before the socket had room | -1 passed 1 conflated");
  take_all();
  EXPECT_EQ(told(), " |");
}

TEST_F(connection_tracing_test, one_that_waits_and_is_not_replaced_is_written) {
  become_live();
  fall_behind();
  show(version(4), mark());
  show(entry_of(support::state_change(character("bob", 9))), nullptr);
  told();
  take_all();
  EXPECT_EQ(told(), "written written | -1 passed 1 written");
}

TEST_F(connection_tracing_test, both_of_two_in_one_chunk_are_told_of) {
  become_live();
  fall_behind();
  const auto first = version(4);
  const auto second = version(5);
  auto chunk = std::make_shared<fanout::chunk>(support::chunk_of({first, second}, "n1:1:6"));
  chunk->follow({{first.what, mark()}, {second.what, mark()}});
  send(who, protocol::delivery{std::move(chunk)});
  take_all();
  EXPECT_EQ(told(), "queued passed the client is behind, conflated conflated version 1.5 took its place before the "
                    "socket had room, queued passed the client is behind, written written | 1 written 1 conflated");
}

TEST_F(connection_tracing_test, events_past_the_bound_are_dropped) {
  become_live();
  fall_behind();
  support::watch(*traces, "event:sale");
  show(entry_of(support::event("sale", long_text)), mark("event:sale"));
  EXPECT_EQ(told(), "queued passed the client is behind | 1 passed");
  show(entry_of(support::event("other", long_text)), nullptr);
  EXPECT_EQ(told(), "dropped dropped more events waited than the outbox may hold | -1 passed 1 dropped");
}

TEST_F(connection_tracing_test, a_viewer_that_goes_was_not_given_what_waited) {
  become_live();
  fall_behind();
  show(version(4), mark());
  told();
  send(who, protocol::socket_closed{});
  who = protocol::connection_actor{};
  run();
  EXPECT_EQ(told(), "dropped dropped closed | -1 passed 1 dropped");
}

TEST_F(connection_tracing_test, one_that_was_held_for_a_resume_is_counted_once) {
  become_live();
  const auto x = version(1);
  auto chunk = std::make_shared<fanout::chunk>(support::chunk_of({x}, "n1:1:6"));
  chunk->follow({{x.what, mark(), true}});
  send(who, protocol::replay{std::move(chunk)});
  EXPECT_EQ(told(), "written written | 1 written -1 held");
}

TEST_F(connection_tracing_test, marks_what_its_client_publishes) {
  become_live();
  say_all({R"({"type": "state_change", "data": {"character_id": "ada", "new_state": "A"},
               "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})",
           R"({"type": "state_change", "data": {"character_id": "bob", "new_state": "A"},
               "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})"});
  auto messages = passed().messages;
  const auto trace = [&](std::size_t i) {
    const auto& item = std::get<model::publish_request>(messages[i].body).items.front();
    return std::get<model::character_input>(item).trace;
  };
  ASSERT_TRUE(model::followed(trace(0)));
  EXPECT_EQ(trace(0)->id[0], 0x4bf92f3577b34da6U);
  EXPECT_EQ(trace(0)->publisher, 0x00f067aa0ba902b7U);
  EXPECT_FALSE(model::followed(trace(1))) << "nobody follows bob";
  EXPECT_EQ(told(), "received passed |");
}

TEST_F(connection_tracing_test, marks_everything_of_a_connection_that_is_followed) {
  support::watch(*traces, "connection:c17");
  become_live();
  say(R"({"type": "event_notification", "data": {"event_type": "sale"}})");
  EXPECT_EQ(told(), "received passed |");
}

} // namespace towncrier::edge
