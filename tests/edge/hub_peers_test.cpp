#include "tests/edge/hub_fixture.hpp"

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using support::character;
using support::event;
using support::update;

} // namespace

/// A hub beside a peer, whose batches may come later than a client that has heard them at another edge.
struct hub_peers_test : hub_fixture {
  hub_peers_test() {
    start();
    hear(1, {update(character("a", 1, "mill"))});
  }

  void hear(std::uint64_t number, std::vector<model::change> changes,
            protocol::parcel_kind kind = protocol::parcel_kind::exact) {
    send(hub, protocol::peer_batch{support::batch(number, std::move(changes), "n2", 1), kind, 0, {}});
    advance(options.flush_window);
  }
};

TEST_F(hub_peers_test, a_join_waits_for_what_was_heard_elsewhere) {
  auto x = viewer{make_probe<protocol::connection_actor>(), {}, {}};
  send(hub, protocol::join_request{x.probe.handle(), {"world"}, false, "n2:1:2"});
  advance(100ms);
  EXPECT_TRUE(x.probe.take_all().empty());
  hear(2, {event("second")});
  hear(3, {event("third")});
  advance(20ms);
  EXPECT_TRUE(x.probe.take_one<protocol::joined>().resumed);
  EXPECT_EQ(told_all(x), "~!third");
}

TEST_F(hub_peers_test, a_resume_waits_for_what_was_heard_elsewhere) {
  auto x = join({"world"});
  resume(x, "n2:1:2");
  advance(options.resume_grace + 100ms);
  EXPECT_EQ(told(x), "");
  hear(2, {event("second")});
  hear(3, {event("third")});
  advance(20ms);
  EXPECT_EQ(told_all(x), "=true | ~!third");
}

TEST_F(hub_peers_test, a_resume_does_not_wait_for_ever) {
  auto x = join({"world"});
  resume(x, "n2:1:9");
  advance(3s);
  EXPECT_EQ(told_all(x), "=false | a1+");
}

TEST_F(hub_peers_test, who_resumes_after_states_came_out_of_turn_gets_a_snapshot_as_well) {
  auto x = join_live({"world"});
  leave(x);
  hear(1, {update(character("b", 5, "mill"))}, protocol::parcel_kind::objection);
  hear(2, {event("second")});
  auto y = join({"world"}, x.position);
  EXPECT_TRUE(y.welcome.resumed);
  EXPECT_NE(told_all(y).find("b5"), std::string::npos);
}

} // namespace towncrier::edge
