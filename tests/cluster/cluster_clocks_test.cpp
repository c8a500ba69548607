#include "tests/cluster/cluster_fixture.hpp"

#include <gmock/gmock.h>

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

} // namespace

/// Nodes whose wall clocks differ.
struct cluster_clocks_test : cluster_fixture {
  /// The node that is there first goes by its own clock; the others hear the time.
  void begin(std::initializer_list<std::pair<std::string, std::chrono::milliseconds>> clocks) {
    for (const auto& [id, skew] : clocks) {
      skews[id] = skew;
      start(id);
    }
    nodes.at(clocks.begin()->first).clock->begin(true);
    show_view();
    pass(3s);
  }

  std::int64_t time_of(const std::string& id) {
    return static_cast<std::int64_t>(nodes.at(id).clock->milliseconds(now()));
  }
  std::int64_t apart(const std::string& a, const std::string& b) { return std::abs(time_of(a) - time_of(b)); }
  double offset(const std::string& a, const std::string& b) { return link(a, b).clock_offset_ms.value_or(-1); }
  std::string text(const std::string& id) { return nodes.at(id).ready->text(); }
};

TEST_F(cluster_clocks_test, links_measure_how_far_they_are_apart) {
  net->set_delay("n1", "n2", 40ms);
  begin({{"n1", 0ms}, {"n2", 7s}, {"n3", -90min}});
  EXPECT_NEAR(offset("n1", "n2"), 7'000, 1);
  EXPECT_NEAR(offset("n2", "n1"), -7'000, 1);
  EXPECT_NEAR(offset("n1", "n3"), -5'400'000, 1);
  EXPECT_NEAR(offset("n2", "n3"), -5'407'000, 1);
  EXPECT_NEAR(*link("n1", "n2").clock_round_trip_ms, 80, 1);
}

TEST_F(cluster_clocks_test, all_go_by_the_time_of_the_one_that_was_there_first) {
  begin({{"n1", 0ms}, {"n2", 1h}, {"n3", -1h}});
  EXPECT_LE(apart("n1", "n2"), 1);
  EXPECT_LE(apart("n1", "n3"), 1);
  crash("n1");
  show_view();
  pass(10s);
  skews["n4"] = 3h;
  start("n4");
  show_view();
  pass(3s);
  EXPECT_LE(apart("n2", "n3"), 1);
  EXPECT_LE(apart("n2", "n4"), 1) << "also those who come after it has gone";
}

TEST_F(cluster_clocks_test, the_time_does_not_move_when_a_clock_is_set) {
  begin({{"n1", 0ms}, {"n2", 0ms}});
  const auto before = time_of("n1");
  skews["n1"] = -1h;
  pass(5s);
  EXPECT_NEAR(static_cast<double>(time_of("n1") - before), 5000, 1);
  EXPECT_LE(apart("n1", "n2"), 1);
  EXPECT_NEAR(offset("n2", "n1"), -3'600'000, 1);
}

TEST_F(cluster_clocks_test, nodes_that_began_apart_go_on_from_the_later_time) {
  start("n1");
  skews["n2"] = 1h;
  start("n2");
  net->cut("n1", "n2");
  nodes.at("n1").clock->begin(true);
  nodes.at("n2").clock->begin(true);
  show_view();
  pass(2s);
  const auto later = time_of("n2");
  EXPECT_NEAR(static_cast<double>(apart("n1", "n2")), 3'600'000, 1);
  net->heal("n1", "n2");
  pass(10s);
  EXPECT_LE(apart("n1", "n2"), 1);
  EXPECT_NEAR(static_cast<double>(time_of("n2") - later), 10'000, 1);
}

TEST_F(cluster_clocks_test, a_node_that_could_hear_nobody_moves_nobody) {
  start("n1");
  skews["n2"] = 1h;
  start("n2");
  net->cut("n1", "n2");
  nodes.at("n1").clock->begin(true);
  nodes.at("n2").clock->begin(false);
  show_view();
  pass(2s);
  const auto before = time_of("n1");
  net->heal("n1", "n2");
  pass(10s);
  EXPECT_LE(apart("n1", "n2"), 1);
  EXPECT_NEAR(static_cast<double>(time_of("n1") - before), 10'000, 1);
}

TEST_F(cluster_clocks_test, ten_seconds_leave_no_trace) {
  begin({{"n1", 0ms}, {"n2", 10s}});
  EXPECT_EQ(text("n1"), "ready\n");
  EXPECT_EQ(text("n2"), "ready\n");
}

TEST_F(cluster_clocks_test, beyond_the_bound_it_is_the_one_that_most_contradict_that_is_not_ready) {
  begin({{"n1", 1h}, {"n2", 0ms}, {"n3", 0ms}});
  EXPECT_THAT(text("n1"), HasSubstr("not ready\nthe clocks of nodes"));
  EXPECT_THAT(text("n1"),
              HasSubstr("that of n2 is 3600.0 s behind it, that of n3 is 3600.0 s behind it; it is this node's"));
  EXPECT_THAT(text("n2"), HasSubstr("ready\nwarning: the clocks of nodes"));
  EXPECT_THAT(text("n2"), HasSubstr("that of n1 is 3600.0 s ahead of it"));
  EXPECT_THAT(text("n2"), Not(HasSubstr("not ready")));
  skews["n1"] = 0ms;
  pass(3s);
  for (const auto* id : {"n1", "n2", "n3"})
    EXPECT_EQ(text(id), "ready\n") << id;
}

TEST_F(cluster_clocks_test, one_word_against_another_the_later_node_is_not_ready) {
  begin({{"n1", 0ms}, {"n2", -1h}});
  EXPECT_FALSE(nodes.at("n2").ready->load());
  EXPECT_TRUE(nodes.at("n1").ready->load());
  EXPECT_THAT(text("n1"), HasSubstr("that of n2 is 3600.0 s behind it; look after their NTP"));
  EXPECT_THAT(text("n2"), HasSubstr("that of n1 is 3600.0 s ahead of it; it is this node's that is wrong"));
}

TEST_F(cluster_clocks_test, nobody_is_blamed_for_a_node_that_is_gone) {
  begin({{"n1", 0ms}, {"n2", -1h}});
  crash("n1");
  show_view();
  pass(3s);
  EXPECT_EQ(text("n2"), "ready\n");
}

} // namespace towncrier::cluster
