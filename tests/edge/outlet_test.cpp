#include "actors/edge/outlet.hpp"
#include "tests/support/changes.hpp"
#include "tests/support/fake_socket.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using fanout::shape;
using support::character;
using support::chunk_of;
using support::entry_of;
using support::fake_socket;
using support::number_at;
using support::text_at;
using support::types_of;

/// As a connection does.
void show(edge::outlet& to, const fanout::chunk& x, flow::time_point now) {
  if (!to.deliver_live(x))
    to.put_off(x, now);
}

/// Something that is larger than what may wait for a socket here.
const std::string long_text(2000, 'x');

} // namespace

struct outlet_test : ::testing::Test {
  fake_socket socket;
  protocol::traffic traffic;
  edge::outlet outlet{socket, traffic, {1000, 10'000}};
  flow::time_point now{1s};

  void fall_behind() {
    socket.take_nothing();
    show(outlet, chunk_of({entry_of(support::event("big", long_text))}, "p1"), now);
    socket.sent.clear();
  }

  /// The client reads everything, as often as it takes.
  std::vector<model::value> catch_up() {
    socket.take_all();
    outlet.drained(now);
    return socket.take_messages();
  }

  void deliver(std::vector<fanout::entry> entries, std::string position = {}) {
    show(outlet, chunk_of(std::move(entries), std::move(position)), now);
  }
};

TEST_F(outlet_test, shares_the_frames_of_a_chunk_with_a_client_that_keeps_up) {
  const auto chunk = chunk_of({entry_of(support::update(character("a", 1)))}, "p1");
  show(outlet, chunk, now);
  ASSERT_EQ(socket.sent.size(), 1u);
  EXPECT_EQ(socket.sent[0], chunk.frames({}).front());
  EXPECT_EQ(outlet.position(), "p1");
  EXPECT_EQ(traffic.messages_sent.get(), 1u);
  EXPECT_EQ(traffic.deliveries.get(), 1u);
  EXPECT_EQ(traffic.bytes_sent.get(), socket.sent[0]->size());
}

TEST_F(outlet_test, writes_what_was_agreed_on) {
  outlet.use({codec::format::msgpack, 0});
  deliver({entry_of(support::update(character("a", 1)))});
  ASSERT_EQ(socket.sent.size(), 1u);
  EXPECT_EQ(static_cast<unsigned char>(socket.sent[0]->front()), 0x82);
  EXPECT_EQ(types_of(socket.take()), "character_update");
}

TEST_F(outlet_test, a_client_is_behind_only_when_more_waits_than_it_may) {
  socket.take_nothing();
  deliver({entry_of(support::event("small"))});
  deliver({entry_of(support::event("small"))});
  EXPECT_FALSE(outlet.behind());
  EXPECT_EQ(socket.sent.size(), 2u);
  deliver({entry_of(support::event("big", long_text))});
  EXPECT_FALSE(outlet.behind());
  deliver({entry_of(support::event("late"))});
  EXPECT_TRUE(outlet.behind());
  EXPECT_EQ(socket.sent.size(), 3u);
  EXPECT_EQ(traffic.connections_behind.get(), 1u);
}

TEST_F(outlet_test, gives_a_client_that_fell_behind_the_latest_state_only) {
  fall_behind();
  const auto a0 = character("a", 1);
  for (std::uint64_t version = 2; version <= 5; ++version)
    deliver({entry_of(support::state_change(character("a", version)), shape::as_is, a0)});
  const auto messages = catch_up();
  ASSERT_EQ(types_of(messages), "lag character_update");
  EXPECT_EQ(number_at(messages[0], "data.conflated"), 3);
  EXPECT_EQ(number_at(messages[0], "data.dropped_events"), 0);
  EXPECT_EQ(text_at(messages[0], "data.position"), "p1") << "it does not have the rest yet";
  EXPECT_EQ(number_at(messages[1], "data.version"), 5);
  EXPECT_EQ(traffic.conflated.get(), 3u);
  EXPECT_EQ(traffic.connections_behind.get(), 0u);
  EXPECT_FALSE(outlet.behind());
}

TEST_F(outlet_test, says_how_long_it_was_behind) {
  fall_behind();
  deliver({entry_of(support::update(character("a", 1)))});
  now += 250ms;
  deliver({entry_of(support::update(character("a", 2)))});
  now += 50ms;
  const auto messages = catch_up();
  ASSERT_EQ(types_of(messages), "lag character_update");
  EXPECT_EQ(number_at(messages[0], "data.behind_ms"), 300);
}

TEST_F(outlet_test, tells_nothing_of_lag_when_nothing_was_lost) {
  fall_behind();
  deliver({entry_of(support::event("one")), entry_of(support::update(character("a", 1)))});
  EXPECT_EQ(types_of(catch_up()), "event_notification character_update");
}

TEST_F(outlet_test, keeps_events_in_order_up_to_the_bound_and_then_drops_the_oldest) {
  fall_behind();
  const auto size = entry_of(support::event("e10", std::string(1000, 'x'))).what->as_is(codec::format::json).size();
  const auto kept = 10'000 / size;
  for (int i = 10; i < 40; ++i)
    deliver({entry_of(support::event("e" + std::to_string(i), std::string(1000, 'x')))});
  auto messages = catch_up();
  ASSERT_EQ(messages.size(), kept + 1);
  for (std::size_t i = 0; i < kept; ++i)
    EXPECT_EQ(text_at(messages[i + 1], "data.event_type"), "e" + std::to_string(40 - kept + i));
  EXPECT_EQ(text_at(messages[0], "type"), "lag");
  EXPECT_EQ(number_at(messages[0], "data.dropped_events"), static_cast<double>(30 - kept));
  EXPECT_EQ(traffic.dropped_events.get(), 30 - kept);
}

TEST_F(outlet_test, leaves_out_the_removal_of_one_that_the_client_never_saw) {
  fall_behind();
  const auto a1 = character("a", 1);
  deliver({entry_of(support::update(a1))}); // new to the hub, so to everybody
  deliver({entry_of(support::removed(character("a", 2)), shape::as_is, a1)});
  deliver({entry_of(support::state_change(character("b", 3)), shape::update)}); // came into view
  deliver({entry_of(support::state_change(character("b", 4)), shape::left_area, character("b", 3))});
  EXPECT_EQ(types_of(catch_up()), "lag");
}

TEST_F(outlet_test, tells_the_removal_of_one_that_the_client_saw) {
  fall_behind();
  deliver({entry_of(support::state_change(character("a", 2)), shape::as_is, character("a", 1))});
  deliver({entry_of(support::removed(character("a", 3)), shape::as_is, character("a", 2))});
  deliver({entry_of(support::state_change(character("b", 2)), shape::left_area, character("b", 1))});
  const auto messages = catch_up();
  ASSERT_EQ(types_of(messages), "lag character_removed character_removed");
  EXPECT_EQ(text_at(messages[1], "data.reason"), "");
  EXPECT_EQ(text_at(messages[2], "data.reason"), "left_area");
}

TEST_F(outlet_test, a_snapshot_does_not_hide_the_removal_of_one_that_the_client_may_know) {
  fall_behind();
  deliver({entry_of(support::update(character("a", 1)), shape::snapshot)});
  deliver({entry_of(support::removed(character("a", 2)), shape::as_is, character("a", 1))});
  EXPECT_EQ(types_of(catch_up()), "lag character_removed");
}

TEST_F(outlet_test, one_that_left_and_came_back_is_shown_whole) {
  fall_behind();
  deliver({entry_of(support::state_change(character("a", 2)), shape::left_location, character("a", 1))});
  deliver({entry_of(support::state_change(character("a", 3)), shape::update, character("a", 2))});
  const auto messages = catch_up();
  ASSERT_EQ(types_of(messages), "lag character_update");
  EXPECT_EQ(number_at(messages[1], "data.version"), 3);
}

TEST_F(outlet_test, gives_a_position_only_when_everything_was_given) {
  fall_behind();
  EXPECT_EQ(outlet.position(), "p1");
  for (int i = 0; i < 501; ++i)
    deliver({entry_of(support::update(character("c" + std::to_string(i), 1)))}, "p" + std::to_string(i + 2));
  EXPECT_EQ(outlet.position(), "p1");
  outlet.advance(support::position_of("p9999"));
  EXPECT_EQ(outlet.position(), "p1") << "a client that is behind has not come that far";
  socket.queued = 0; // what comes next waits again
  outlet.drained(now);
  auto frames = socket.take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].find("data")->get_if<model::array>()->size(), 500u);
  EXPECT_EQ(text_at(frames[0], "position"), fanout::unresumable);
  EXPECT_TRUE(outlet.behind());
  socket.take_all();
  outlet.drained(now);
  frames = socket.take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(text_at(frames[0], "position"), "p502");
  EXPECT_EQ(outlet.position(), "p502");
  EXPECT_FALSE(outlet.behind());
}

TEST_F(outlet_test, goes_on_when_the_socket_takes_all_at_once_and_so_tells_nothing) {
  fall_behind();
  for (int i = 0; i < 1600; ++i)
    deliver({entry_of(support::update(character("c" + std::to_string(i), 1)))}, "p2");
  EXPECT_EQ(catch_up().size(), 1600u);
  EXPECT_FALSE(outlet.behind());
  EXPECT_EQ(outlet.position(), "p2");
}

TEST_F(outlet_test, goes_on_when_there_was_nothing_to_tell_of_what_it_took_off) {
  fall_behind();
  for (int i = 0; i < 1100; ++i) {
    const auto id = "c" + std::to_string(i);
    deliver({entry_of(support::update(character(id, 1)))});
    deliver({entry_of(support::removed(character(id, 2)), shape::as_is, character(id, 1))});
  }
  deliver({entry_of(support::update(character("last", 1)))});
  const auto messages = catch_up();
  EXPECT_EQ(types_of(messages), "lag character_update");
  EXPECT_FALSE(outlet.behind());
}

TEST_F(outlet_test, keeps_up_again_after_it_was_behind) {
  fall_behind();
  deliver({entry_of(support::update(character("a", 1)))}, "p2");
  catch_up();
  deliver({entry_of(support::update(character("a", 2)))}, "p3");
  EXPECT_EQ(types_of(socket.take()), "character_update");
  EXPECT_EQ(outlet.position(), "p3");
}

TEST_F(outlet_test, versions_never_fall_whatever_the_socket_does) {
  std::mt19937_64 random{7};
  std::map<std::string, std::uint64_t> versions;
  std::map<std::string, double> seen;
  for (int i = 0; i < 5000; ++i) {
    const auto id = "c" + std::to_string(random() % 20);
    auto& version = versions[id];
    const auto before = version == 0 ? nullptr : character(id, version);
    deliver({entry_of(support::update(character(id, ++version)), shape::as_is, before)}, std::to_string(i));
    if (random() % 7 == 0)
      socket.take_nothing();
    if (random() % 50 == 0) {
      socket.take_all();
      outlet.drained(now);
    }
  }
  socket.take_all();
  outlet.drained(now);
  for (const auto& message : socket.take_messages()) {
    if (text_at(message, "type") != "character_update")
      continue;
    auto& last = seen[text_at(message, "data.character_id")];
    EXPECT_LT(last, number_at(message, "data.version"));
    last = number_at(message, "data.version");
  }
  for (const auto& [id, version] : versions)
    EXPECT_EQ(seen[id], static_cast<double>(version)) << id;
  EXPECT_EQ(outlet.position(), "4999");
}

TEST_F(outlet_test, counts_what_waits_for_this_client_alone) {
  outlet.send("result", {{"ok", true}});
  EXPECT_EQ(outlet.unread_answers(), 0u);
  socket.take_nothing();
  outlet.send("result", {{"ok", true}});
  outlet.send("result", {{"ok", true}});
  EXPECT_EQ(outlet.unread_answers(), socket.queued_bytes());
  socket.take_all();
  outlet.drained(now);
  EXPECT_EQ(outlet.unread_answers(), 0u);
}

TEST_F(outlet_test, a_client_that_goes_is_not_behind_any_more) {
  {
    edge::outlet other{socket, traffic, {0, 10'000}};
    socket.take_nothing();
    show(other, chunk_of({entry_of(support::event("a"))}), now);
    show(other, chunk_of({entry_of(support::event("b"))}), now);
    EXPECT_EQ(traffic.connections_behind.get(), 1u);
  }
  EXPECT_EQ(traffic.connections_behind.get(), 0u);
}

} // namespace towncrier::edge
