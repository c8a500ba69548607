#include "tests/cluster/cluster_fixture.hpp"

#include <gmock/gmock.h>

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

} // namespace

/// Nodes that are started anew, and what number their lives have.
struct cluster_lives_test : cluster_fixture {
  cluster_lives_test() {
    start("n1");
    start("n2");
    show_view();
    pass(1s);
    say(nodes.at("n1"), "ada", "first");
    pass(1s);
    first = nodes.at("n1").incarnation;
    crash("n1");
  }

  void start_again(std::uint64_t incarnation) {
    start("n1", {"world"}, incarnation);
    show_view();
    pass(3s);
  }

  /// What the viewer at this node knows of ada.
  std::string ada(const std::string& at) { return nodes.at(at).seen.states["ada"].state; }

  std::uint64_t first = 0;
};

TEST_F(cluster_lives_test, a_later_life_is_heard) {
  start_again(first + 1);
  ASSERT_TRUE(linked("n1", "n2"));
  say(nodes.at("n1"), "ada", "second");
  pass(1s);
  EXPECT_EQ(ada("n2"), "second");
}

TEST_F(cluster_lives_test, a_life_below_the_one_that_was_heard_is_refused_and_both_say_so) {
  start_again(first - 60'000);
  EXPECT_FALSE(linked("n1", "n2"));
  for (const auto& [at, peer] : {std::pair{"n1", "n2"}, std::pair{"n2", "n1"}})
    EXPECT_THAT(link(at, peer).last_error, HasSubstr("the number of a later life must be higher")) << at;
  EXPECT_GT(link("n2", "n1").refusals, 0u);
  EXPECT_EQ(nodes.at("n1").outlived_by, first) << "so that it can begin another, above that";
  EXPECT_EQ(nodes.at("n2").outlived_by, 0u);
}

TEST_F(cluster_lives_test, also_where_the_one_that_knows_better_dials) {
  const auto second = nodes.at("n2").incarnation;
  start_again(first + 1);
  pass(1s);
  crash("n2");
  start("n2", {"world"}, second - 60'000);
  show_view();
  pass(3s);
  EXPECT_FALSE(linked("n1", "n2"));
  EXPECT_EQ(nodes.at("n2").outlived_by, second);
  EXPECT_THAT(link("n1", "n2").last_error, HasSubstr("the number of a later life must be higher"));
}

TEST_F(cluster_lives_test, and_is_heard_in_the_next_one) {
  start_again(first - 60'000);
  const auto known = nodes.at("n1").outlived_by;
  crash("n1");
  start_again(known + 1);
  ASSERT_TRUE(linked("n1", "n2"));
  say(nodes.at("n1"), "ada", "third");
  pass(1s);
  EXPECT_EQ(ada("n2"), "third");
}

} // namespace towncrier::cluster
