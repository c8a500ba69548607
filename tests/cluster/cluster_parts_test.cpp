#include "tests/cluster/cluster_fixture.hpp"

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;

constexpr int said = 200;

} // namespace

/// A peer that missed more than fits its window is given it in several parts, and the link is lost between two of them.
struct cluster_parts_test : cluster_fixture {
  cluster_parts_test() {
    log_bytes = 4 * 1024 * 1024;
    start("n1");
    start("n2");
    show_view();
    pass(200ms);
    say_long(1);
    pass(1s);
    net->cut("n1", "n2");
    for (int i = 2; i <= said; ++i) {
      say(nodes.at("n1"), "ada", std::to_string(i));
      say_long(i);
      pass(20ms);
    }
  }

  void say_long(int number) {
    protocol::event_job job;
    job.inputs.push_back(
        {"n1", model::object{{"number", std::int64_t{number}}, {"text", std::string(4000, 'x')}}, 1.0});
    caf::anon_send(nodes.at("n1").events, std::move(job));
  }

  std::uint64_t parts_received() { return link("n2", "n1").received_parcels; }

  /// Links again, and cuts when `n` more parcels are there.
  void heal_until(std::uint64_t n) {
    const auto before = parts_received();
    net->heal("n1", "n2");
    for (int i = 0; i < 5000 && parts_received() < before + n; ++i)
      pass(1ms);
    ASSERT_EQ(parts_received(), before + n);
    net->cut("n1", "n2");
    run();
  }
};

TEST_F(cluster_parts_test, no_event_comes_twice) {
  for (const auto parts : {1u, 2u, 3u})
    heal_until(parts);
  net->heal("n1", "n2");
  pass(5s);
  std::vector<std::int64_t> expected;
  for (std::int64_t i = 1; i <= said; ++i)
    expected.push_back(i);
  EXPECT_EQ(nodes.at("n1").seen.events["n1"], expected);
  EXPECT_EQ(nodes.at("n2").seen.events["n1"], expected);
  EXPECT_EQ(nodes.at("n2").seen.states["ada"].state, std::to_string(said));
  EXPECT_EQ(nodes.at("n2").seen.announced, 0u);
}

TEST_F(cluster_parts_test, who_comes_between_two_parts_gets_all_of_them) {
  auto viewer = make_probe<protocol::connection_actor>();
  auto join = [&](std::string position) {
    send(nodes.at("n2").hub, protocol::join_request{viewer.handle(), {"world"}, false, std::move(position)});
    return viewer.take_one<protocol::joined>();
  };
  const auto position = *join({}).position;
  send(nodes.at("n2").hub, protocol::leave_order{viewer.handle().address()});
  viewer.clear();
  heal_until(3);
  recording seen;
  EXPECT_TRUE(join(position).resumed) << "nothing has come that it does not have";
  net->heal("n1", "n2");
  pass(5s);
  for (const auto& message : viewer.take_all())
    seen.note(message);
  ASSERT_EQ(seen.events["n1"].size(), said - 1u);
  EXPECT_EQ(seen.events["n1"].front(), 2);
  EXPECT_EQ(seen.states["ada"].state, std::to_string(said));
}

/// The link is lost with events on their way, and the log loses those before it is back.
struct cluster_lost_events_test : cluster_fixture {
  cluster_lost_events_test() {
    log_bytes = 4096;
    start("n1");
    start("n2");
    show_view();
    pass(200ms);
    say_events(20);
    pass(1s);
  }

  void say_events(int n) {
    for (int i = 0; i < n; ++i) {
      say_event(nodes.at("n1"));
      pass(30ms);
    }
  }

  /// What is sent from now on is on its way for `x`.
  void slow_down(std::chrono::milliseconds x) {
    net->cut("n1", "n2");
    net->set_delay("n1", "n2", x);
    net->heal("n1", "n2");
    pass(3s);
    ASSERT_TRUE(linked("n1", "n2"));
  }
};

TEST_F(cluster_lost_events_test, what_was_on_its_way_is_counted_when_it_cannot_be_sent_again) {
  slow_down(300ms);
  say_events(9);
  net->cut("n1", "n2");
  const auto heard_before = nodes.at("n2").seen.events["n1"].size();
  EXPECT_LT(heard_before, 29u) << "some were on their way";
  say_events(200);
  slow_down(1ms);
  say_events(1);
  const auto& heard = nodes.at("n2").seen.events["n1"];
  EXPECT_EQ(heard.back(), 230);
  EXPECT_EQ(std::set<std::int64_t>(heard.begin(), heard.end()).size(), heard.size());
  EXPECT_EQ(heard.size() + nodes.at("n2").seen.announced, 230u);
}

} // namespace towncrier::cluster
