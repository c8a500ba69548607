#include "tests/edge/hub_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::batch;
using support::character;
using support::event;
using support::removed;
using support::state_change;
using support::update;

const model::area north{0, 100, 100, 100};

} // namespace

struct hub_test : hub_fixture {
  hub_test() { start(); }
};

TEST_F(hub_test, shows_a_change_at_once_when_it_was_idle) {
  auto x = join_live({"world"});
  give(batch(1, {update(character("a", 1))}));
  EXPECT_EQ(told(x), "a1");
  EXPECT_EQ(x.position, "n1:1:1");
}

TEST_F(hub_test, viewers_of_the_world_share_one_chunk) {
  auto x = join_live({"world"});
  auto y = join_live({"world", "location:mill"});
  publish({update(character("a", 1)), event("rain")});
  const auto first = x.probe.take_one<protocol::delivery>();
  EXPECT_EQ(first.chunk, y.probe.take_one<protocol::delivery>().chunk);
  EXPECT_EQ(support::to_text(first.chunk->entries()), "a1 !rain");
}

TEST_F(hub_test, narrow_viewers_that_are_shown_the_same_share_one_chunk) {
  auto x = join_live({"location:square"});
  auto y = join_live({"character:a"});
  auto z = join_live({"location:square", "event:rain"});
  publish({update(character("a", 1)), event("rain")});
  const auto first = x.probe.take_one<protocol::delivery>();
  EXPECT_EQ(support::to_text(first.chunk->entries()), "a1+");
  EXPECT_EQ(first.chunk, y.probe.take_one<protocol::delivery>().chunk);
  EXPECT_EQ(told(z), "a1+ !rain");
}

TEST_F(hub_test, a_narrow_viewer_is_shown_who_comes_and_who_goes) {
  auto x = join_live({"location:mill"});
  publish({update(character("a", 1, "square"))});
  publish({state_change(character("a", 2, "mill"))});
  publish({state_change(character("a", 3, "mill"))});
  publish({state_change(character("a", 4, "square"))});
  publish({state_change(character("a", 5, "square"))});
  publish({state_change(character("a", 6, "mill")), removed(character("a", 7, "mill"))});
  EXPECT_EQ(told(x), "a2+ | a3 | a4-location | a6+ a7x");
}

TEST_F(hub_test, a_viewer_of_an_area_is_told_the_reason) {
  auto x = join_live({});
  subscribe(x, {}, north);
  publish({update(character("a", 1, "square", model::point{50, 150}))});
  publish({state_change(character("a", 2, "square", model::point{50, 50}))});
  EXPECT_EQ(told(x), "subscribed | a1+ | a2-area");
}

TEST_F(hub_test, gathers_batches_that_come_within_the_window) {
  auto x = join_live({"world"});
  give(batch(1, {event("one")}));
  EXPECT_EQ(told(x), "!one");
  advance(1ms);
  give(batch(2, {event("two")}));
  give(batch(3, {event("three")}));
  EXPECT_EQ(told(x), "");
  advance(999us);
  EXPECT_EQ(told(x), "");
  advance(1us);
  EXPECT_EQ(told(x), "!two !three");
  EXPECT_EQ(x.position, "n1:1:3");
}

TEST_F(hub_test, never_shows_twice_within_a_window) {
  auto x = join_live({"world"});
  std::vector<std::chrono::steady_clock::time_point> times;
  for (std::uint64_t i = 1; i <= 200; ++i) {
    give(batch(i, {event("e")}));
    advance(300us);
    if (!told(x).empty())
      times.push_back(now());
  }
  ASSERT_GT(times.size(), 20u);
  for (std::size_t i = 1; i < times.size(); ++i)
    EXPECT_GE(times[i] - times[i - 1], 1800us); // seen at the end of a step of 300 us
}

TEST_F(hub_test, one_turn_takes_in_all_that_waits_in_the_mailbox) {
  auto x = join_live({"world"});
  for (std::uint64_t i = 1; i <= 3; ++i)
    caf::anon_send(hub, protocol::outgoing_batch{batch(i, {event("e" + std::to_string(i))}), {}});
  run();
  EXPECT_EQ(told(x), "!e1 !e2 !e3");
}

TEST_F(hub_test, ignores_what_it_has_seen) {
  auto x = join_live({"world"});
  publish({event("one")});
  publish({event("two")});
  told(x);
  give(batch(2, {event("two")}));
  give(batch(1, {event("one")}));
  give(batch(9, {event("of a former life")}, "n1", 0));
  advance(1s);
  EXPECT_EQ(told(x), "");
  publish({event("three")});
  EXPECT_EQ(told(x), "!three");
}

TEST_F(hub_test, ignores_a_state_that_is_older_than_what_is_known) {
  auto x = join_live({"world"});
  publish({update(character("a", 5))});
  publish({update(character("a", 4)), update(character("a", 5)), event("e")});
  publish({removed(character("a", 6)), update(character("a", 6))});
  EXPECT_EQ(told(x), "a5 | !e | a6x");
}

TEST_F(hub_test, keeps_origins_apart) {
  auto x = join_live({"world"});
  publish({event("e1")});
  give(batch(1, {event("f1")}, "n2", 7));
  advance(2ms);
  EXPECT_EQ(told(x), "!e1 | !f1");
  EXPECT_EQ(x.position, "n1:1:1,n2:7:1");
}

TEST_F(hub_test, shows_nothing_to_one_that_left) {
  auto x = join_live({"world"});
  auto y = join_live({"location:square"});
  give(batch(1, {update(character("a", 1))}));
  told(x), told(y);
  give(batch(2, {update(character("a", 2))})); // gathered, and due to those who were here
  leave(x);
  leave(y);
  EXPECT_EQ(told(x), "a2");
  EXPECT_EQ(told(y), "a2");
  sequence = 2;
  publish({update(character("a", 3))});
  EXPECT_EQ(told(x), "");
  EXPECT_EQ(told(y), "");
}

TEST_F(hub_test, one_that_leaves_before_it_was_told_its_place_takes_nobody_elses) {
  auto x = join_live({"world"});
  const auto hasty = make_probe<protocol::connection_actor>();
  caf::anon_send(hub, protocol::join_request{hasty.handle(), {"world"}, false, {}});
  caf::anon_send(hub, protocol::leave_order{hasty.handle().address()});
  run();
  publish({event("e")});
  EXPECT_EQ(told(x), "!e");
  EXPECT_EQ(hasty.count<protocol::delivery>(), 0u);
  send(hub, protocol::leave_order{hasty.handle().address()});
  EXPECT_EQ(join({}).welcome.slot, 1u) << "its place is free again";
}

TEST_F(hub_test, a_new_viewer_in_an_old_place_inherits_nothing) {
  auto x = join_live({"location:square"});
  subscribe(x, {}, north);
  leave(x);
  auto y = join({"event:rain"});
  EXPECT_EQ(y.welcome.slot, x.welcome.slot);
  // What still comes for the former viewer, or of its timers, is not for this one.
  subscribe(x, {"world"});
  unsubscribe(x, {"event:rain"});
  resume(x, "");
  send(hub, protocol::heartbeat_order{x.ref(), std::nullopt});
  EXPECT_EQ(told(y), "");
  publish({update(character("a", 1, "square", model::point{50, 150})), event("rain")});
  advance(options.resume_grace);
  EXPECT_EQ(told_all(y), "~!rain");
}

TEST_F(hub_test, a_heartbeat_says_where_the_stream_stands_and_comes_after_all_of_it) {
  auto x = join_live({"world"});
  give(batch(1, {event("one")}));
  give(batch(2, {event("two")}));
  send(hub, protocol::heartbeat_order{x.ref(), model::message_id{std::int64_t{5}}});
  const auto messages = x.probe.take_all();
  ASSERT_EQ(messages.size(), 3u);
  const auto& due = messages[2].get_as<protocol::heartbeat_due>(0);
  EXPECT_EQ(support::to_text(due.position), "n1:1:2");
  EXPECT_EQ(due.id, model::message_id{std::int64_t{5}});
}

TEST_F(hub_test, gives_every_viewer_a_heartbeat_every_interval) {
  auto x = join_live({"world"});
  publish({event("one")});
  x.probe.clear();
  advance(options.heartbeat_interval);
  auto late = join_live({});
  EXPECT_EQ(support::to_text(x.probe.take_one<protocol::heartbeat_due>().position), "n1:1:1");
  EXPECT_EQ(late.probe.count<protocol::heartbeat_due>(), 0u);
  for (int i = 0; i < 4; ++i)
    advance(options.heartbeat_interval);
  EXPECT_EQ(x.probe.count<protocol::heartbeat_due>(), 4u);
  EXPECT_EQ(late.probe.count<protocol::heartbeat_due>(), 4u);
  leave(x);
  auto heir = join({});
  ASSERT_EQ(heir.welcome.slot, x.welcome.slot);
  x.probe.clear();
  for (int i = 0; i < 4; ++i)
    advance(options.heartbeat_interval);
  EXPECT_EQ(x.probe.count<protocol::heartbeat_due>(), 0u);
  EXPECT_EQ(heir.probe.count<protocol::heartbeat_due>(), 4u) << "it must not have its predecessor's as well";
}

TEST_F(hub_test, the_first_subscribe_takes_the_place_of_what_was_not_asked_for) {
  auto x = join_live({"world"}, true);
  subscribe(x, {}, std::nullopt, true);
  subscribe(x, {"event:rain"});
  publish({event("rain"), event("snow")});
  subscribe(x, {"event:snow"});
  publish({event("rain"), event("snow")});
  EXPECT_EQ(told(x), "subscribed | subscribed | !rain | subscribed | !rain !snow");
}

TEST_F(hub_test, what_was_asked_for_stays) {
  auto x = join_live({"world"});
  subscribe(x, {"event:rain"});
  publish({event("snow")});
  EXPECT_EQ(told(x), "subscribed | !snow");
}

TEST_F(hub_test, confirms_what_is_in_force) {
  auto x = join_live({"event:rain"});
  subscribe(x, {"location:mill"}, north, false, model::message_id{std::string{"s1"}});
  const auto answer = x.probe.take_one<protocol::answer>();
  EXPECT_EQ(answer.type, "subscribed");
  const model::object data{{"channels", model::array{"event:rain", "location:mill"}},
                           {"area", model::object{{"x", 0.0}, {"y", 100.0}, {"width", 100.0}, {"height", 100.0}}},
                           {"id", "s1"}};
  EXPECT_EQ(answer.data, data);
  unsubscribe(x, {"event:rain"}, true);
  const auto after = x.probe.take_one<protocol::answer>();
  EXPECT_EQ(after.type, "unsubscribed");
  EXPECT_EQ(after.data, (model::object{{"channels", model::array{"location:mill"}}}));
}

TEST_F(hub_test, of_many_channels_it_says_what_changed_and_how_many_there_are) {
  auto x = join_live({"event:rain"});
  std::vector<std::string> many;
  for (int i = 0; i < 2'000; ++i)
    many.push_back("character:" + std::to_string(i));
  subscribe(x, many, std::nullopt, false, model::message_id{std::string{"s1"}});
  EXPECT_EQ(x.probe.take_one<protocol::answer>().data,
            (model::object{{"count", 2'001}, {"added", 2'000}, {"id", "s1"}}));
  subscribe(x, {"character:1", "event:snow"});
  EXPECT_EQ(x.probe.take_one<protocol::answer>().data, (model::object{{"count", 2'002}, {"added", 1}}));
  many.resize(1'990);
  unsubscribe(x, many);
  const auto after = x.probe.take_one<protocol::answer>();
  EXPECT_EQ(model::find(after.data, "channels")->get_if<model::array>()->size(), 12u);
}

TEST_F(hub_test, more_channels_than_a_connection_may_have_are_refused_as_a_whole) {
  auto x = join_live({"event:rain"});
  std::vector<std::string> many;
  for (int i = 0; i < 10'000; ++i)
    many.push_back("character:" + std::to_string(i));
  subscribe(x, many, std::nullopt, false, model::message_id{std::string{"s1"}});
  const auto refused = x.probe.take_one<protocol::failure_answer>();
  EXPECT_EQ(refused.code, protocol::errc::invalid_message);
  EXPECT_EQ(refused.id, (model::message_id{std::string{"s1"}}));
  publish({event("rain")});
  EXPECT_EQ(told(x), "!rain") << "what it had stays";
  many.pop_back();
  subscribe(x, many);
  EXPECT_EQ(told(x), "subscribed");
}

TEST_F(hub_test, a_snapshot_shows_everything_in_view_once_and_where_it_stands) {
  auto x = join_live({"event:rain"});
  publish({update(character("a", 1, "mill")), update(character("b", 1, "mill")), update(character("c", 1, "square"))});
  publish({state_change(character("a", 2, "mill")), removed(character("b", 2, "mill"))});
  subscribe(x, {"location:mill"}, std::nullopt, true);
  EXPECT_EQ(told(x), "subscribed | a2+");
  EXPECT_EQ(x.position, "n1:1:2");
}

TEST_F(hub_test, another_area_shows_what_came_into_view_and_what_left_it) {
  auto x = join_live({"character:both"});
  const auto at = [](double y) { return model::point{50, y}; };
  publish({update(character("both", 1, "", at(150))), update(character("north", 1, "", at(150))),
           update(character("south", 1, "", at(250)))});
  subscribe(x, {}, north);
  told(x);
  subscribe(x, {}, model::area{0, 200, 100, 100});
  EXPECT_EQ(told(x), "subscribed | north1-area south1+");
}

} // namespace towncrier::edge
