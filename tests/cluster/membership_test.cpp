#include "actors/cluster/membership.hpp"
#include "actors/cluster/node_json.hpp"
#include "tests/cluster/fake_etcd.hpp"
#include "tests/support/actor_fixture.hpp"

#include <gmock/gmock.h>

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;
using protocol::cluster_view;
using protocol::leave_request;
using protocol::node_info;
using protocol::town_update;
using protocol::town_update_result;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> ids(const cluster_view& x) {
  std::vector<std::string> result;
  for (const auto& node : x.nodes)
    result.push_back(node.id);
  return result;
}

} // namespace

struct membership_test : support::actor_fixture {
  struct member {
    std::unique_ptr<support::fake_store> store;
    support::probe<protocol::view_listener_actor> listener;
    protocol::membership_actor actor;
    std::size_t superseded = 0;
    std::uint64_t outlived_by = 0;
    bool knows_time = true;
    std::optional<bool> began_time{}; ///< as the first
  };

  std::uint64_t wall = 1'000'000;
  bool time_is_known = true; ///< to those that join
  support::fake_etcd etcd;
  std::vector<std::unique_ptr<member>> members;

  /// A node whose number etcd has not been told of.
  member& join_unclaimed(const std::string& id, std::uint64_t incarnation) {
    return join(id, incarnation, std::make_shared<flow::life_number>(incarnation, now()));
  }

  member& join(const std::string& id, std::uint64_t incarnation = 1,
               std::shared_ptr<const flow::life_number> life = nullptr) {
    members.push_back(std::make_unique<member>(
        member{std::make_unique<support::fake_store>(etcd), make_probe<protocol::view_listener_actor>(), {}}));
    auto& x = *members.back();
    membership_services services{
        x.store.get(), {x.listener.handle()}, [this] { return wall; }, [&x](const node_info&) { ++x.superseded; }};
    x.knows_time = time_is_known;
    services.time_is_known = [&x] { return x.knows_time; };
    services.begin_time = [&x](bool is_first) {
      x.knows_time = true;
      x.began_time = is_first;
    };
    services.claimed = !life;
    services.life = std::move(life);
    services.outlived = [&x](std::uint64_t by) { x.outlived_by = by; };
    node_info node;
    node.id = id;
    node.incarnation = incarnation;
    node.roles = {"world"};
    protocol::cluster_options options;
    options.lease = 3s;
    x.actor = spawn(cluster::membership, services, node, options);
    return x;
  }

  cluster_view view(const member& x) { return *request<cluster_view>(x.actor, protocol::list_atom::value); }

  void come_back() {
    etcd.reachable = true;
    advance(1s);
  }
};

TEST_F(membership_test, a_node_registers_itself_and_is_in_its_view) {
  auto& x = join("b");
  const auto seen = view(x);
  ASSERT_THAT(ids(seen), ElementsAre("b"));
  EXPECT_TRUE(seen.store_reachable);
  EXPECT_EQ(seen.revision, etcd.revision);
  EXPECT_EQ(seen.nodes[0].active_from, wall + 1000);
  EXPECT_EQ(x.listener.take<cluster_view>().back(), seen);
  EXPECT_EQ(*parse_node(etcd.entries.at("/towncrier/nodes/b").value), seen.nodes[0]);
}

TEST_F(membership_test, nodes_see_each_other_come_and_go) {
  auto& a = join("a");
  auto& b = join("b");
  EXPECT_THAT(ids(view(a)), ElementsAre("a", "b"));
  EXPECT_EQ(view(a), view(b));
  kill(b.actor);
  etcd.expire(2);
  run();
  EXPECT_THAT(ids(view(a)), ElementsAre("a"));
}

TEST_F(membership_test, listeners_hear_of_changes_alone) {
  auto& a = join("a");
  a.listener.clear();
  advance(10s);
  EXPECT_TRUE(a.listener.empty());
}

TEST_F(membership_test, a_late_listener_gets_the_view_at_once) {
  auto& a = join("a");
  auto late = make_probe<protocol::view_listener_actor>();
  send(a.actor, late.handle());
  EXPECT_EQ(late.take_one<cluster_view>(), view(a));
}

TEST_F(membership_test, the_lease_is_kept_alive_three_times_a_lease_time) {
  join("a");
  etcd.keep_alives = 0;
  advance(30s);
  EXPECT_GE(etcd.keep_alives, 24u);
  EXPECT_LE(etcd.keep_alives, 30u);
  EXPECT_EQ(etcd.grants, 1u);
}

TEST_F(membership_test, a_lost_lease_is_replaced_and_the_node_is_active_anew) {
  auto& a = join("a");
  wall += 60'000;
  etcd.expire(1);
  run();
  ASSERT_THAT(ids(view(a)), ElementsAre("a"));
  EXPECT_EQ(view(a).nodes[0].active_from, wall + 1000);
  EXPECT_EQ(etcd.grants, 2u);
  EXPECT_THAT(etcd.leases.at(2).keys, ElementsAre("/towncrier/nodes/a"));
}

TEST_F(membership_test, while_etcd_is_away_the_last_view_stands_and_listeners_hear_it_once) {
  auto& a = join("a");
  join("b");
  const auto before = view(a);
  a.listener.clear();
  etcd.go_away();
  advance(30s);
  auto expected = before;
  expected.store_reachable = false;
  EXPECT_THAT(a.listener.take<cluster_view>(), ElementsAre(expected));
  come_back();
  EXPECT_EQ(view(a), before);
  EXPECT_EQ(a.listener.take<cluster_view>().size(), 1u);
}

TEST_F(membership_test, a_node_that_is_missing_after_etcds_return_has_a_lease_time_to_come_back) {
  auto& a = join("a");
  auto& b = join("b");
  etcd.go_away();
  advance(1s);
  b.store->cut = true;
  etcd.expire_all();
  come_back();
  EXPECT_THAT(ids(view(a)), ElementsAre("a", "b"));
  advance(1500ms);
  EXPECT_THAT(ids(view(a)), ElementsAre("a", "b"));
  advance(1s);
  EXPECT_THAT(ids(view(a)), ElementsAre("a"));
}

TEST_F(membership_test, when_etcd_forgets_everything_nobody_is_lost_and_the_number_does_not_fall) {
  auto& a = join("a");
  auto& b = join("b");
  const auto before = view(a);
  etcd.go_away();
  advance(1s);
  etcd.forget_everything();
  a.listener.clear();
  wall += 5000;
  come_back();
  for (const auto& seen : a.listener.take<cluster_view>()) {
    EXPECT_GE(seen.revision, before.revision);
    EXPECT_THAT(ids(seen), ::testing::Contains("b"));
  }
  advance(10s);
  EXPECT_EQ(view(a).nodes, view(b).nodes);
  EXPECT_EQ(view(a).nodes, before.nodes) << "nobody saw a node go: it is active as before";
}

TEST_F(membership_test, a_node_that_announced_its_end_is_not_waited_for) {
  auto& a = join("a");
  auto& b = join("b");
  EXPECT_TRUE(*request<bool>(b.actor, leave_request{leave_request::step::announce}));
  EXPECT_EQ(view(a).nodes[1].active_until, wall + 1000);
  etcd.go_away();
  advance(1s);
  kill(b.actor);
  etcd.expire_all();
  come_back();
  EXPECT_THAT(ids(view(a)), ElementsAre("a"));
}

TEST_F(membership_test, a_node_that_deregisters_is_gone_and_stays_so) {
  auto& a = join("a");
  auto& b = join("b");
  EXPECT_TRUE(*request<bool>(b.actor, leave_request{leave_request::step::deregister}));
  advance(10s);
  EXPECT_THAT(ids(view(a)), ElementsAre("a"));
  EXPECT_TRUE(etcd.leases.contains(1));
  EXPECT_EQ(etcd.leases.size(), 1u);
}

TEST_F(membership_test, leaving_without_etcd_is_answered_with_false) {
  auto& a = join("a");
  etcd.go_away();
  advance(1s);
  EXPECT_FALSE(*request<bool>(a.actor, leave_request{leave_request::step::announce}));
  EXPECT_FALSE(*request<bool>(a.actor, leave_request{leave_request::step::deregister}));
}

TEST_F(membership_test, a_later_life_takes_the_key_over_and_the_earlier_one_learns_it) {
  auto& old = join("a", 1);
  auto& fresh = join("a", 2);
  advance(10s);
  EXPECT_EQ(old.superseded, 1u);
  EXPECT_EQ(fresh.superseded, 0u);
  EXPECT_EQ(parse_node(etcd.entries.at("/towncrier/nodes/a").value)->incarnation, 2u);
  EXPECT_EQ(view(old).nodes[0].incarnation, 2u);
}

TEST_F(membership_test, an_earlier_life_does_not_take_the_key) {
  auto& fresh = join("a", 2);
  auto& old = join("a", 1);
  EXPECT_EQ(old.superseded, 1u);
  EXPECT_EQ(fresh.superseded, 0u);
  EXPECT_EQ(parse_node(etcd.entries.at("/towncrier/nodes/a").value)->incarnation, 2u);
}

TEST_F(membership_test, owns_nothing_before_the_clusters_time_is_known) {
  time_is_known = false;
  auto& a = join("a");
  EXPECT_EQ(a.began_time, true) << "nobody was there before it";
  advance(1s);
  EXPECT_EQ(view(a).nodes[0].active_from, wall + 1000);
  auto& b = join("b");
  advance(1s);
  EXPECT_EQ(view(a).nodes[1].active_from, protocol::never);
  b.knows_time = true; // a link has told it
  advance(1s);
  EXPECT_EQ(view(a).nodes[1].active_from, wall + 1000);
  EXPECT_FALSE(b.began_time);
  auto& c = join("c");
  advance(2s);
  EXPECT_FALSE(c.began_time);
  advance(2s);
  EXPECT_EQ(c.began_time, false) << "it hears nobody";
  EXPECT_EQ(view(a).nodes[2].active_from, wall + 1000);
}

constexpr auto life_of_a = "/towncrier/lives/a";

TEST_F(membership_test, a_life_is_known_to_etcd_before_anybody_hears_of_it) {
  auto& a = join_unclaimed("a", 5000);
  EXPECT_THAT(ids(view(a)), ElementsAre("a"));
  EXPECT_EQ(etcd.entries.at(life_of_a).value, std::to_string(5000 + flow::life_number::reserved_ahead));
  EXPECT_LT(etcd.entries.at(life_of_a).revision, etcd.entries.at("/towncrier/nodes/a").revision);
  EXPECT_EQ(a.outlived_by, 0u);
}

TEST_F(membership_test, a_life_that_is_not_above_those_before_is_not_registered_and_learns_it) {
  etcd.write(life_of_a, "9000");
  auto& a = join_unclaimed("a", 9000);
  advance(30s);
  EXPECT_EQ(a.outlived_by, 9000u);
  EXPECT_THAT(ids(view(a)), IsEmpty());
  EXPECT_EQ(etcd.entries.at(life_of_a).value, "9000");
  auto& next = join_unclaimed("a", 9001);
  EXPECT_THAT(ids(view(next)), ElementsAre("a"));
}

TEST_F(membership_test, a_life_that_began_without_etcd_is_looked_at_when_etcd_is_there) {
  etcd.write(life_of_a, "9000");
  etcd.reachable = false;
  auto& a = join_unclaimed("a", 70);
  advance(20s);
  EXPECT_EQ(a.outlived_by, 0u);
  come_back();
  EXPECT_EQ(a.outlived_by, 9000u);
}

TEST_F(membership_test, the_number_for_the_next_life_is_moved_on_and_is_no_other_view) {
  auto& a = join_unclaimed("a", 5000);
  const auto before = view(a);
  a.listener.clear();
  for (auto i = 0; i < 60; ++i) {
    advance(1min);
    ASSERT_GT(std::stoull(etcd.entries.at(life_of_a).value), 5000u + 60'000u * static_cast<unsigned>(i + 1));
  }
  EXPECT_TRUE(a.listener.empty());
  EXPECT_EQ(view(a), before);
  EXPECT_LE(etcd.revision, before.revision + 13) << "once in five minutes";
}

TEST_F(membership_test, an_etcd_that_lost_its_memory_is_told_the_number_again) {
  auto& a = join_unclaimed("a", 5000);
  etcd.go_away();
  advance(1s);
  etcd.forget_everything();
  come_back();
  advance(1s);
  EXPECT_GT(std::stoull(etcd.entries.at(life_of_a).value), 5000u);
  EXPECT_EQ(a.outlived_by, 0u);
}

TEST_F(membership_test, a_key_that_is_no_node_is_no_node) {
  auto& a = join("a");
  for (const auto* text : {"", "{", "{\"id\":\"c\"}", "{\"id\":\"d\",\"incarnation\":1}", "[]"}) {
    etcd.write("/towncrier/nodes/c", text);
    run();
    EXPECT_THAT(ids(view(a)), ElementsAre("a"));
  }
  etcd.write("/towncrier/nodes/a", "nonsense");
  advance(1s);
  EXPECT_THAT(ids(view(a)), ElementsAre("a")) << "it writes its own key again";
}

TEST_F(membership_test, the_towns_record_is_compared_and_swapped) {
  auto& a = join("a");
  auto& b = join("b");
  const auto first = *request<town_update_result>(a.actor, town_update{"one", std::nullopt});
  EXPECT_TRUE(first.done);
  EXPECT_EQ(view(b).town, "one");
  EXPECT_EQ(view(b).town_revision, first.revision);
  const auto late = *request<town_update_result>(b.actor, town_update{"two", std::nullopt});
  EXPECT_FALSE(late.done);
  EXPECT_EQ(late.current, "one");
  EXPECT_EQ(late.revision, first.revision);
  EXPECT_TRUE(request<town_update_result>(b.actor, town_update{"two", first.revision})->done);
  EXPECT_EQ(view(a).town, "two");
  etcd.go_away();
  EXPECT_EQ(request<town_update_result>(a.actor, town_update{"three", std::nullopt})->error, "no answer");
}

TEST_F(membership_test, a_node_that_starts_before_etcd_is_there_when_etcd_is) {
  etcd.reachable = false;
  auto& a = join("a");
  advance(20s);
  EXPECT_FALSE(view(a).store_reachable);
  EXPECT_THAT(ids(view(a)), IsEmpty());
  come_back();
  EXPECT_THAT(ids(view(a)), ElementsAre("a"));
}

TEST_F(membership_test, a_node_survives_its_json) {
  const node_info x{"a-1", 1764071000123, {"world", "edge"}, "[::1]:8800", "wss://a:1", "http://b:2", 3, 4, 5};
  EXPECT_EQ(*parse_node(to_json(x)), x);
}

} // namespace towncrier::cluster
