#include "actors/cluster/peer_link.hpp"
#include "tests/cluster/cluster_fixture.hpp"

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;

} // namespace

struct cluster_test : cluster_fixture {
  void start_three() {
    for (const auto id : {"n1", "n2", "n3"})
      start(id);
    show_view();
    pass(200ms);
  }

  std::string state(const std::string& at, const std::string& character) {
    return nodes.at(at).seen.states[character].state;
  }

  std::vector<std::int64_t> events(const std::string& at, const std::string& origin) {
    return nodes.at(at).seen.events[origin];
  }

  std::vector<std::int64_t> upto(std::int64_t n) {
    std::vector<std::int64_t> result;
    for (std::int64_t i = 1; i <= n; ++i)
      result.push_back(i);
    return result;
  }
};

TEST_F(cluster_test, what_one_node_says_all_viewers_hear_once) {
  start_three();
  EXPECT_TRUE(linked("n1", "n2"));
  EXPECT_TRUE(linked("n3", "n2"));
  say(nodes.at("n1"), "ada", "glad");
  say_event(nodes.at("n2"));
  pass(100ms);
  for (const auto id : {"n1", "n2", "n3"}) {
    EXPECT_EQ(state(id, "ada"), "glad") << id;
    EXPECT_EQ(events(id, "n2"), upto(1)) << id;
  }
}

TEST_F(cluster_test, a_link_knows_how_long_a_round_trip_takes) {
  net->set_delay("n1", "n2", 30ms);
  start_three();
  say(nodes.at("n1"), "ada", "glad");
  pass(500ms);
  const auto round_trip = [this](const auto& peer) {
    const auto& link = state_of<exchange_state>(nodes.at("n1").exchange).links().at(peer);
    const auto shown = state_of<peer_link_state>(link).describe();
    const auto* found = model::find(shown, "round_trip_ms");
    return std::chrono::duration<double, std::milli>{found == nullptr ? 0 : found->number_or(0)};
  };
  EXPECT_GE(round_trip("n2"), 60ms);
  EXPECT_LT(round_trip("n2"), 70ms);
  EXPECT_GE(round_trip("n3"), 2ms);
  EXPECT_LT(round_trip("n3"), 10ms);
}

TEST_F(cluster_test, a_cut_link_loses_nothing) {
  start_three();
  net->cut("n1", "n2");
  for (int i = 1; i <= 20; ++i) {
    say(nodes.at("n1"), "ada", std::to_string(i));
    say_event(nodes.at("n1"));
    pass(50ms);
  }
  EXPECT_EQ(state("n2", "ada"), "");
  EXPECT_EQ(state("n3", "ada"), "20");
  net->heal("n1", "n2");
  pass(5s);
  EXPECT_EQ(state("n2", "ada"), "20");
  EXPECT_EQ(events("n2", "n1"), upto(20));
  EXPECT_EQ(nodes.at("n2").seen.announced, 0u);
}

TEST_F(cluster_test, a_gap_that_the_log_does_not_reach_is_announced_with_its_number) {
  log_bytes = 4096;
  start_three();
  net->cut("n1", "n2");
  for (int i = 1; i <= 200; ++i) {
    say(nodes.at("n1"), "ada", std::to_string(i));
    say_event(nodes.at("n1"));
    pass(30ms);
  }
  net->heal("n1", "n2");
  pass(5s);
  EXPECT_EQ(state("n2", "ada"), "200");
  const auto heard = events("n2", "n1");
  EXPECT_LT(heard.size(), 200u);
  EXPECT_EQ(nodes.at("n2").seen.announced, 200u - heard.size());
}

TEST_F(cluster_test, a_node_that_joins_gets_everything_there_is) {
  start_three();
  say(nodes.at("n1"), "ada", "glad");
  say(nodes.at("n2"), "bob", "sad");
  pass(100ms);
  start("n4");
  show_view();
  pass(2s);
  EXPECT_EQ(state("n4", "ada"), "glad");
  EXPECT_EQ(state("n4", "bob"), "sad");
}

TEST_F(cluster_test, whoever_speaks_last_of_a_character_owns_it_everywhere) {
  start_three();
  for (int i = 0; i < 10; ++i) {
    say(nodes.at("n1"), "ada", "one" + std::to_string(i));
    pass(100ms);
    say(nodes.at("n2"), "ada", "two" + std::to_string(i));
    pass(100ms);
  }
  for (const auto id : {"n1", "n2", "n3"}) {
    EXPECT_EQ(state(id, "ada"), "two9") << id;
    EXPECT_EQ(nodes.at(id).seen.states["ada"].rev.owner, "n2");
    EXPECT_TRUE(nodes.at(id).seen.faults.empty()) << nodes.at(id).seen.faults.front();
  }
}

/// `n3` is far away.
struct cluster_receipts_test : cluster_test {
  void start_three_with_delay(std::chrono::milliseconds x) {
    net->set_delay("n1", "n3", x);
    for (const auto id : {"n1", "n2", "n3"})
      start(id);
    show_view();
    pass(3s);
    ASSERT_TRUE(linked("n1", "n3"));
  }

  /// Expires when the receipt has come back.
  std::weak_ptr<const int> say_with_receipt() {
    auto receipt = std::make_shared<const int>(1);
    std::weak_ptr<const int> result = receipt;
    say(nodes.at("n1"), "ada", "glad", model::change_kind::state_change, std::move(receipt));
    return result;
  }
};

TEST_F(cluster_receipts_test, a_receipt_comes_back_when_every_peer_has_it) {
  start_three_with_delay(300ms);
  const auto receipt = say_with_receipt();
  pass(550ms);
  EXPECT_EQ(state("n2", "ada"), "glad");
  EXPECT_EQ(state("n3", "ada"), "glad");
  EXPECT_FALSE(receipt.expired()) << "n3 has not said yet that it has it";
  EXPECT_EQ(link("n1", "n3").held_receipts, 1u);
  EXPECT_EQ(link("n1", "n2").held_receipts, 0u);
  pass(100ms);
  EXPECT_TRUE(receipt.expired());
}

TEST_F(cluster_receipts_test, a_receipt_waits_for_no_peer_for_long) {
  start_three_with_delay(800ms);
  const auto receipt = say_with_receipt();
  pass(990ms);
  EXPECT_FALSE(receipt.expired());
  pass(300ms);
  EXPECT_TRUE(receipt.expired());
  EXPECT_TRUE(linked("n1", "n3"));
  EXPECT_GT(link("n1", "n3").in_flight_bytes, 0u) << "n3 has not said yet that it has it";
}

TEST_F(cluster_test, a_node_that_joins_is_told_of_characters_whose_node_is_gone) {
  start_three();
  say(nodes.at("n1"), "ada", "glad");
  pass(100ms);
  crash("n1");
  show_view();
  pass(2s);
  start("n4");
  show_view();
  pass(2s);
  EXPECT_EQ(state("n4", "ada"), "glad");
}

TEST_F(cluster_test, what_only_some_heard_of_a_node_before_its_end_all_are_told) {
  start_three();
  say(nodes.at("n1"), "ada", "glad");
  say(nodes.at("n1"), "bob", "here");
  pass(100ms);
  net->cut("n1", "n3");
  say(nodes.at("n1"), "ada", "sad");
  say(nodes.at("n1"), "bob", "gone", model::change_kind::removed);
  pass(100ms);
  EXPECT_EQ(state("n2", "ada"), "sad");
  EXPECT_EQ(state("n3", "ada"), "glad");
  crash("n1");
  show_view();
  pass(5s);
  EXPECT_EQ(state("n3", "ada"), "sad");
  for (const auto who : {"ada", "bob"})
    EXPECT_EQ(nodes.at("n3").seen.states[who].rev, nodes.at("n2").seen.states[who].rev) << who;
  EXPECT_TRUE(nodes.at("n2").seen.faults.empty());
}

TEST_F(cluster_test, a_node_that_stays_away_is_forgotten_in_positions) {
  start_three();
  const auto position = [&] {
    auto viewer = make_probe<protocol::connection_actor>();
    send(nodes.at("n2").hub, protocol::join_request{viewer.handle(), {"world"}, false, {}});
    return *viewer.take_one<protocol::joined>().position;
  };
  const auto names = [&](const std::string& id) { return position().find(id + ":") != std::string::npos; };
  for (const auto id : {"n1", "n2", "n3"})
    say_event(nodes.at(id));
  pass(100ms);
  crash("n1");
  show_view();
  pass(forget_age - 5s);
  EXPECT_TRUE(names("n1")) << "it may come back";
  start("n1");
  show_view();
  pass(10s);
  EXPECT_TRUE(names("n1")) << "it is back";
  crash("n1");
  show_view();
  pass(forget_age - 5s);
  EXPECT_TRUE(names("n1"));
  pass(10s);
  EXPECT_FALSE(names("n1"));
  EXPECT_TRUE(names("n3"));
  // A view without this node itself, as before it is registered.
  send(nodes.at("n2").exchange, protocol::cluster_view{});
  pass(forget_age + 5s);
  EXPECT_TRUE(names("n2"));
  start("n1");
  show_view();
  pass(3s);
  say_event(nodes.at("n1"));
  pass(100ms);
  EXPECT_TRUE(names("n1"));
  EXPECT_EQ(events("n2", "n1").size(), 2u);
}

TEST_F(cluster_test, a_node_of_another_cluster_is_refused_with_a_reason) {
  start_three();
  protocol::link_hello hello;
  hello.cluster = "/other";
  hello.node = "n2";
  hello.to = "n1";
  auto reply = request<protocol::link_reply>(nodes.at("n1").exchange, hello);
  EXPECT_FALSE(reply->accepted);
  EXPECT_NE(reply->refusal.find("cluster.prefix"), std::string::npos) << reply->refusal;
  hello.node = "stranger";
  reply = request<protocol::link_reply>(nodes.at("n1").exchange, hello);
  EXPECT_NE(reply->refusal.find("does not know stranger"), std::string::npos) << reply->refusal;
}

} // namespace towncrier::cluster
