#include "actors/world/town_share.hpp"
#include "tests/town/town_file.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace towncrier::world {

namespace {

constexpr std::uint64_t tick = 250;
constexpr std::uint64_t start = 1'700'000'000'000;

protocol::node_info node(std::string id, std::uint64_t from = 1, std::uint64_t until = 0) {
  protocol::node_info x;
  x.id = std::move(id);
  x.roles = {"world"};
  x.active_from = from;
  x.active_until = until;
  return x;
}

} // namespace

/// Several nodes that share a town; what they tell is put together as a viewer would see it.
struct town_share_test : ::testing::Test {
  std::map<std::string, town_share> shares;
  std::vector<protocol::node_info> view;
  std::uint64_t now = start;
  shared_clock clock{7, 40, 60, false, start, 0};
  std::map<std::uint64_t, int> told;              ///< how often each event was
  std::map<std::string, std::string> teller;      ///< who spoke last of a character
  std::map<std::string, std::uint64_t> last_told; ///< when
  std::set<std::string> handed_over;              ///< told by another than before

  void join(const std::string& id, std::uint64_t from = 1) {
    view.push_back(node(id, from));
    auto& x = shares.emplace(id, town_share{id, tick, 8000}).first->second;
    x.use(town::shared_town());
    show();
    x.run_by(clock, now);
  }

  void show() {
    protocol::cluster_view x;
    x.nodes = view;
    for (auto& [id, share] : shares)
      share.see(x);
  }

  void pass(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      now += tick;
      for (auto& [id, share] : shares)
        note(id, share.advance(now));
    }
  }

  void note(const std::string& id, const town::outcome& x) {
    for (const auto& event : x.events)
      ++told[event.key];
    for (const auto& change : x.changes) {
      auto& who = teller[change.id.text];
      if (!who.empty() && who != id)
        handed_over.insert(change.id.text);
      who = id;
      last_told[change.id.text] = now;
    }
  }

  void expect_each_event_once() {
    EXPECT_FALSE(told.empty());
    for (const auto& [key, count] : told)
      EXPECT_EQ(count, 1);
  }

  std::size_t owned() {
    std::size_t sum = 0;
    for (const auto& [id, share] : shares)
      sum += share.owned();
    return sum;
  }
};

TEST_F(town_share_test, everybody_is_told_by_one_node_and_every_event_once) {
  join("a");
  join("b");
  join("c");
  pass(400);
  EXPECT_EQ(owned(), 40u);
  EXPECT_EQ(teller.size(), 40u);
  EXPECT_TRUE(handed_over.empty());
  expect_each_event_once();
  for (const auto& [id, share] : shares)
    EXPECT_GT(share.owned(), 4u) << id;
}

TEST_F(town_share_test, all_together_tell_what_one_alone_would) {
  join("alone");
  pass(400);
  const auto alone = told;
  shares.clear();
  view.clear();
  told.clear();
  now = start;
  join("a");
  join("b");
  pass(400);
  EXPECT_EQ(told, alone);
}

TEST_F(town_share_test, a_node_that_joins_takes_its_share_at_a_moment_that_all_know) {
  join("a");
  join("b");
  pass(40);
  join("c", now + 1000);
  pass(3);
  EXPECT_EQ(shares.at("c").owned(), 0u);
  pass(400);
  EXPECT_GT(shares.at("c").owned(), 4u);
  EXPECT_EQ(owned(), 40u);
  EXPECT_EQ(handed_over.size(), shares.at("c").owned());
  expect_each_event_once();
}

TEST_F(town_share_test, a_node_that_leaves_in_order_loses_and_doubles_nothing) {
  join("a");
  join("b");
  join("c");
  pass(40);
  view[1].active_until = now + 1000;
  show();
  pass(40);
  EXPECT_EQ(shares.at("b").owned(), 0u);
  EXPECT_EQ(owned(), 40u);
  shares.erase("b");
  view.erase(view.begin() + 1);
  show();
  pass(200);
  EXPECT_EQ(owned(), 40u);
  expect_each_event_once();
}

TEST_F(town_share_test, the_events_of_a_node_that_vanished_are_told_by_others) {
  join("a");
  join("b");
  join("c");
  pass(100);
  shares.erase("b"); // and nobody knows yet
  pass(12);
  view.erase(view.begin() + 1);
  show();
  pass(100);
  EXPECT_EQ(owned(), 40u);
  const auto together = told;
  shares.clear();
  view.clear();
  told.clear();
  now = start;
  join("alone");
  pass(212);
  for (const auto& [key, count] : told)
    EXPECT_TRUE(together.contains(key)) << "nothing is lost; what is told twice has the same key";
}

TEST_F(town_share_test, a_change_of_the_clock_counts_from_one_moment_whoever_lags) {
  const auto play = [&](const std::set<std::string>& ids) {
    for (const auto& id : ids)
      join(id);
    for (int round = 0; round < 40; ++round) {
      // Paused, at another rate, and further on: each counts from half a second later.
      auto change = shares.begin()->second.clock().from(now + 2 * tick);
      change.paused = round % 3 == 0;
      change.rate = 40 + round;
      change.simulated += round % 5 == 0 ? 30 : 0;
      shares.begin()->second.run_by(change, now);
      pass(1);
      // "b" hears of it later, and is late with everything.
      const auto late = shares.find("b");
      auto b = late == shares.end() ? std::nullopt : std::optional{shares.extract(late)};
      if (b)
        b->mapped().run_by(change, now);
      pass(1 + round % 4);
      if (b)
        shares.insert(std::move(*b));
      pass(3);
    }
  };
  play({"a"});
  const auto alone = told;
  shares.clear();
  view.clear();
  told.clear();
  now = start;
  play({"a", "b"});
  EXPECT_EQ(told, alone);
  EXPECT_GT(told.size(), 10u);
  expect_each_event_once();
}

TEST_F(town_share_test, a_node_that_was_away_for_long_comes_back_to_the_present) {
  join("a");
  pass(10);
  now += 3'600'000;
  const auto out = shares.at("a").advance(now);
  EXPECT_EQ(out.changes.size(), 40u) << "everybody as they are now";
  EXPECT_TRUE(out.events.empty());
}

TEST(shared_clock, runs_at_its_rate_and_stands_while_paused) {
  const shared_clock x{1, 10, 40, false, 1000, 100};
  EXPECT_EQ(x.simulated_at(1000), 100);
  EXPECT_EQ(x.simulated_at(500), 100) << "not backwards";
  EXPECT_EQ(x.simulated_at(3000), 180);
  auto paused = x.from(3000);
  paused.paused = true;
  EXPECT_EQ(paused.simulated_at(99'000), 180);
}

TEST(shared_clock, is_read_as_it_was_written_and_nothing_else_is) {
  const shared_clock x{12345678901, 1000, 40.5, true, start, 99.25};
  EXPECT_EQ(shared_clock::parse(x.to_json()), x);
  for (const auto bad : {"", "{}", "[]", "{\"seed\":1}", "nonsense"})
    EXPECT_FALSE(shared_clock::parse(bad)) << bad;
}

} // namespace towncrier::world
