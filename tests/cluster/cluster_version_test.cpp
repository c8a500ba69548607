#include "tests/cluster/cluster_fixture.hpp"

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t older = protocol::link_protocol - 1;

/// A node of an older version refuses whoever greets it, with a greeting that tells nothing but its own version.
caf::behavior older_node(caf::event_based_actor*, std::string id) {
  return {[id](const protocol::link_hello& x) {
    protocol::link_reply result;
    result.hello.protocol = older;
    result.refusal = "node " + id + " speaks version " + std::to_string(older) +
                     " of the protocol between nodes and node " + x.node + " version " + std::to_string(x.protocol);
    return result;
  }};
}

/// One of this version that has another reason, and puts it in words that mean nothing to programs.
caf::behavior unwilling_node(caf::event_based_actor*, std::string) {
  return {[](const protocol::link_hello&) {
    return protocol::link_reply{false, "nobody here speaks version control", {}};
  }};
}

/// One that takes any version for its own.
caf::behavior careless_node(caf::event_based_actor* self, std::string id) {
  return {[self, id](const protocol::link_hello& x) {
            protocol::link_reply result{true, {}, x};
            result.hello.protocol = older;
            std::swap(result.hello.node, result.hello.to);
            result.hello.link = caf::actor_cast<caf::strong_actor_ptr>(self);
            return result;
          },
          [](const protocol::link_credit&) {}, [](const protocol::link_parcel&) {}};
}

} // namespace

/// A node beside one of an older version, as in an upgrade that replaces one node after the other.
struct cluster_version_test : cluster_fixture {
  /// `b` is in the view of `a`, which has the lesser id and dials it.
  void start_beside(caf::behavior (*peer)(caf::event_based_actor*, std::string)) {
    start("a");
    other = system().spawn(peer, std::string{"b"});
    net->portals["b"] = caf::actor_cast<protocol::exchange_actor>(other);
    protocol::cluster_view view;
    view.nodes = {info("a"), info("b")};
    send(nodes.at("a").exchange, view);
    pass(3s);
  }

  ~cluster_version_test() override { kill(other); }

  static protocol::node_info info(const std::string& id) {
    protocol::node_info result;
    result.id = id;
    result.incarnation = 1;
    result.link = id + ":1";
    return result;
  }

  static void expect_clear(const std::string& sentence) {
    for (const auto& part : {std::string{"node a"}, std::string{"node b"}, "version " + std::to_string(older),
                             "version " + std::to_string(protocol::link_protocol)})
      EXPECT_NE(sentence.find(part), std::string::npos) << part << " in: " << sentence;
  }

  caf::actor other;
};

TEST_F(cluster_version_test, who_is_greeted_by_an_older_node_refuses_it_and_says_why) {
  start_beside(older_node);
  protocol::link_hello hello;
  hello.protocol = older;
  hello.cluster = "/test";
  hello.node = "b";
  hello.to = "a";
  const auto reply = request<protocol::link_reply>(nodes.at("a").exchange, hello);
  EXPECT_FALSE(reply->accepted);
  expect_clear(reply->refusal);
  EXPECT_NE(reply->refusal.find("run the same version"), std::string::npos) << reply->refusal;
}

TEST_F(cluster_version_test, who_is_refused_by_an_older_node_knows_why_and_goes_on) {
  start_beside(older_node);
  EXPECT_FALSE(linked("a", "b"));
  expect_clear(link("a", "b").last_error);
  say(nodes.at("a"), "ada", "glad");
  pass(100ms);
  EXPECT_EQ(nodes.at("a").seen.states["ada"].state, "glad");
}

TEST_F(cluster_version_test, a_node_of_another_version_is_left_alone_for_a_while) {
  start_beside(older_node);
  EXPECT_EQ(link("a", "b").failures, 1u);
  pass(10s);
  EXPECT_EQ(link("a", "b").failures, 2u);
}

TEST_F(cluster_version_test, a_node_that_refuses_for_another_reason_is_greeted_again_soon) {
  start_beside(unwilling_node);
  EXPECT_EQ(link("a", "b").last_error, "nobody here speaks version control");
  EXPECT_GT(link("a", "b").failures, 3u);
}

TEST_F(cluster_version_test, who_is_accepted_by_an_older_node_refuses_it) {
  start_beside(careless_node);
  EXPECT_FALSE(linked("a", "b"));
  expect_clear(link("a", "b").last_error);
}

TEST_F(cluster_version_test, they_link_when_both_are_of_one_version) {
  start_beside(older_node);
  kill(other);
  start("b");
  show_view();
  pass(12s);
  EXPECT_TRUE(linked("a", "b"));
}

} // namespace towncrier::cluster
