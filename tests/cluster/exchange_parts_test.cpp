#include "actors/cluster/node_lives.hpp"
#include "actors/cluster/ownership.hpp"
#include "actors/cluster/parcel_log.hpp"
#include "tests/support/changes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

/// The parts of the exchange, without an actor.
namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;
using protocol::parcel_kind;

protocol::cluster_view view_of(std::vector<std::pair<std::string, std::uint64_t>> nodes) {
  protocol::cluster_view result;
  for (auto& [id, incarnation] : nodes) {
    protocol::node_info info;
    info.id = id;
    info.incarnation = incarnation;
    result.nodes.push_back(std::move(info));
  }
  return result;
}

model::change change_of(const std::string& id, model::revision rev,
                        model::change_kind kind = model::change_kind::state_change) {
  auto x = std::make_shared<model::character>(*support::character(id, rev.version));
  x->rev = std::move(rev);
  return model::character_change{kind, std::move(x), {}, false};
}

} // namespace

struct node_lives_test : ::testing::Test {
  node_lives lives{{.node = "me", .incarnation = 100, .settling_time = 2s, .forget_age = 60s}};
  flow::time_point now{};
};

TEST_F(node_lives_test, a_life_is_over_when_there_is_no_link_or_a_later_life) {
  lives.see(view_of({{"me", 100}, {"a", 50}}), now);
  EXPECT_TRUE(lives.is_orphan({50, 1, "a"})) << "there is no link";
  lives.link_began("a");
  EXPECT_FALSE(lives.is_orphan({50, 1, "a"}));
  EXPECT_TRUE(lives.is_orphan({49, 1, "a"}));
  EXPECT_TRUE(lives.is_orphan({99, 1, "me"}));
  EXPECT_FALSE(lives.is_orphan({100, 1, "me"}));
  lives.see(view_of({{"me", 100}}), now);
  EXPECT_FALSE(lives.is_orphan({50, 1, "a"})) << "while there is a link it may still speak";
  lives.link_ended("a");
  EXPECT_TRUE(lives.is_orphan({50, 1, "a"}));
}

TEST_F(node_lives_test, a_life_that_is_over_settles_once) {
  lives.see(view_of({{"a", 50}, {"b", 60}}), now);
  lives.link_began("a");
  lives.see(view_of({{"b", 61}}), now);
  EXPECT_TRUE(lives.take_settled(now + 1s).empty());
  EXPECT_EQ(lives.take_settled(now + 2s), std::vector<std::string>{"b"});
  lives.link_ended("a");
  EXPECT_EQ(lives.take_settled(now + 2s), std::vector<std::string>{"a"});
  EXPECT_TRUE(lives.take_settled(now + 1h).empty());
}

TEST_F(node_lives_test, who_stays_away_is_forgotten_once) {
  lives.see(view_of({{"a", 50}, {"b", 60}, {"c", 70}}), now);
  lives.link_began("c");
  lives.see(view_of({}), now);
  lives.see(view_of({{"b", 61}}), now + 59s);
  EXPECT_TRUE(lives.take_forgotten(now + 59s).empty());
  EXPECT_EQ(lives.take_forgotten(now + 60s), std::vector<std::string>{"a"}) << "b is back, c may still speak";
  lives.link_ended("c");
  EXPECT_TRUE(lives.take_forgotten(now + 119s).empty());
  EXPECT_EQ(lives.take_forgotten(now + 120s), std::vector<std::string>{"c"});
  EXPECT_TRUE(lives.take_forgotten(now + 1h).empty());
}

struct ownership_test : ::testing::Test {
  ownership_test() {
    lives.see(view_of({{"me", 100}, {"a", 50}, {"b", 60}}), {});
    lives.link_began("a");
    lives.link_began("b");
  }

  ownership::conflicts own(std::vector<model::change> changes) {
    ownership::conflicts found;
    characters.take_own(*support::batch(++sequence, std::move(changes), "me"), found);
    return found;
  }

  ownership::conflicts foreign(std::vector<model::change> changes, bool is_objection = false) {
    ownership::conflicts found;
    characters.take_foreign(*support::batch(1, std::move(changes), "a"), is_objection, found);
    return found;
  }

  std::multiset<std::string> changed(std::uint64_t after, std::uint64_t upto, bool with_orphans) const {
    std::multiset<std::string> result;
    characters.for_each_changed(after, upto, with_orphans, [&](const model::change& x) {
      const auto& change = std::get<model::character_change>(x);
      result.insert(change.now->id.text + (change.kind == model::change_kind::removed ? "x" : ""));
    });
    return result;
  }

  using names = std::multiset<std::string>;

  node_lives lives{{.node = "me", .incarnation = 100}};
  ownership characters{"me", lives};
  std::uint64_t sequence = 0;
};

TEST_F(ownership_test, the_later_of_two_owners_has_a_character) {
  EXPECT_TRUE(own({change_of("ada", {100, 1, "me"})}).lost.characters.empty());
  const auto found = foreign({change_of("ada", {101, 1, "a"})});
  ASSERT_EQ(found.lost.characters.size(), 1u);
  EXPECT_EQ(found.lost.characters.front().by.owner, "a");
  EXPECT_EQ(found.lost.characters.front().own, nullptr);
  const auto late = own({change_of("ada", {100, 2, "me"})});
  ASSERT_EQ(late.lost.characters.size(), 1u);
  EXPECT_EQ(late.lost.characters.front().own, nullptr) << "its owner lives";
}

TEST_F(ownership_test, a_peer_that_speaks_below_what_is_known_of_a_node_that_is_gone_is_told) {
  foreign({change_of("ada", {60, 7, "b"})});
  EXPECT_TRUE(foreign({change_of("ada", {55, 1, "a"})}).objections.empty()) << "b can tell it";
  lives.link_ended("b");
  const auto found = foreign({change_of("ada", {55, 2, "a"})});
  ASSERT_EQ(found.objections.size(), 1u);
  EXPECT_EQ(std::get<model::character_change>(found.objections.front()).now->rev.version, 7u);
  EXPECT_TRUE(foreign({change_of("ada", {55, 3, "a"})}, true).objections.empty()) << "nobody objects to objections";
}

TEST_F(ownership_test, gives_the_latest_of_what_changed_and_of_nobody_else) {
  own({change_of("ada", {100, 1, "me"}), change_of("bob", {100, 1, "me"})});
  own({change_of("cy", {100, 1, "me"})});
  own({change_of("ada", {100, 2, "me"}), change_of("cy", {100, 2, "me"}, model::change_kind::removed)});
  foreign({change_of("bob", {101, 1, "a"}), change_of("dan", {60, 1, "b"})});
  EXPECT_EQ(changed(0, 3, false), (names{"ada", "cyx"}));
  EXPECT_EQ(changed(0, 2, false), names{});
  EXPECT_EQ(changed(3, 3, true), names{});
  lives.link_ended("b");
  EXPECT_EQ(changed(3, 3, true), names{"dan"});
}

/// Whoever is an orphan is counted, and not looked for: the count must be right whatever happens.
TEST_F(ownership_test, knows_whether_there_are_orphans_whatever_happens) {
  unsigned with = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random{seed};
    const auto any = [&](std::uint64_t n) { return random() % n; };
    const std::string owners[] = {"me", "a", "b", "c"};
    node_lives some_lives{{.node = "me", .incarnation = 4}};
    ownership all{"me", some_lives};
    for (std::uint64_t step = 1; step <= 60; ++step) {
      const auto& owner = owners[any(4)];
      if (any(8) == 0)
        some_lives.see(view_of({{"me", 4}, {"a", any(8)}, {"b", any(8)}}), {});
      else if (any(4) == 0)
        any(3) == 0 ? some_lives.link_ended(owner) : some_lives.link_began(owner);
      const auto kind = any(3) == 0 ? model::change_kind::removed : model::change_kind::state_change;
      const auto batch =
          support::batch(step, {change_of("c" + std::to_string(any(3)), {4 + any(4), any(10), owner}, kind)}, owner);
      ownership::conflicts found;
      if (owner == "me")
        all.take_own(*batch, found);
      else
        all.take_foreign(*batch, any(5) == 0, found);
      protocol::lookup_request question{{{"c0", false}, {"c1", false}, {"c2", false}}};
      bool expected = false;
      for (const auto& x : all.look_up(question).entries)
        expected = expected || (x.latest && some_lives.is_orphan(x.rev));
      ASSERT_EQ(all.knows_orphans(), expected) << "seed " << seed << " step " << step;
      with += expected ? 1 : 0;
    }
  }
  EXPECT_GT(with, 1000u);
  EXPECT_LT(with, 17'000u);
}

struct parcel_log_test : ownership_test {
  parcel_log said{{"me", 100, 1'000'000, 10min, 4000}};
  flow::time_point now{};

  void say(std::vector<model::change> changes) {
    const auto batch = support::batch(++sequence, std::move(changes), "me", 100);
    ownership::conflicts found;
    auto before = characters.take_own(*batch, found);
    said.append(batch, std::move(before), now);
  }

  std::string kinds(const protocol::log_answer& x) {
    std::string result;
    for (const auto& load : x.loads)
      result += "epcot"[static_cast<std::size_t>(load.kind)];
    return result;
  }
};

TEST_F(parcel_log_test, gives_batches_as_they_were_up_to_what_was_asked_for) {
  for (std::uint64_t i = 1; i <= 5; ++i)
    say({support::event("rain")});
  const auto answer = said.missed({.after = 2, .max_bytes = 1'000'000}, characters);
  EXPECT_EQ(kinds(answer), "eee");
  EXPECT_EQ(answer.upto, 5u);
  EXPECT_EQ(answer.events, 5u);
  EXPECT_TRUE(answer.all);
  const auto less = said.missed({.after = 2, .max_bytes = 1}, characters);
  EXPECT_EQ(kinds(less), "e");
  EXPECT_EQ(less.upto, 3u);
  EXPECT_FALSE(less.all);
}

TEST_F(parcel_log_test, gives_the_latest_states_and_all_events_where_it_is_too_much) {
  for (std::uint64_t i = 1; i <= 100; ++i)
    say({support::event("rain"), change_of("ada", {100, i, "me"})});
  const auto answer = said.missed({.after = 2, .events = 2, .max_bytes = 1'000'000}, characters);
  EXPECT_EQ(kinds(answer), "c");
  EXPECT_EQ(answer.loads.front().what->batch->changes.size(), 99u);
  EXPECT_EQ(answer.loads.front().lost_events, 0u);
  EXPECT_EQ(answer.upto, 100u);
}

TEST_F(parcel_log_test, counts_the_events_that_it_does_not_have_any_more) {
  for (std::uint64_t i = 1; i <= 10; ++i) {
    say({support::event("rain")});
    now += 2min;
  }
  said.evict(now);
  const auto answer = said.missed({.after = 1, .events = 1, .max_bytes = 1'000'000}, characters);
  ASSERT_EQ(kinds(answer), "c");
  const auto& load = answer.loads.front();
  EXPECT_GT(load.lost_events, 0u);
  EXPECT_EQ(load.lost_events + load.what->batch->changes.size(), 9u);
}

TEST_F(parcel_log_test, who_knows_nothing_is_told_of_characters_whose_nodes_are_gone) {
  say({support::event("rain")});
  EXPECT_EQ(kinds(said.missed({.after = std::nullopt, .max_bytes = 1'000'000}, characters)), "e");
  foreign({change_of("ada", {60, 7, "b"})});
  lives.link_ended("b");
  const auto answer = said.missed({.after = std::nullopt, .max_bytes = 1'000'000}, characters);
  ASSERT_EQ(kinds(answer), "c");
  ASSERT_EQ(answer.loads.front().what->batch->changes.size(), 1u);
  EXPECT_EQ(kinds(said.missed({.after = 0, .max_bytes = 1'000'000}, characters)), "e") << "the others know of it";
}

} // namespace towncrier::cluster
