#include "flow/state_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

namespace towncrier::flow {
namespace {

using table = state_table<std::string>;

model::character_change change(const std::string& id, model::revision rev,
                               model::change_kind kind = model::change_kind::update) {
  auto x = std::make_shared<model::character>();
  x->id = {id, false};
  x->rev = rev;
  return {kind, x, {}, false};
}

model::character_change removal(const std::string& id, model::revision rev) {
  return change(id, rev, model::change_kind::removed);
}

model::character_id id(const std::string& x) { return {x, false}; }

TEST(state_table, takes_what_is_newer_and_gives_what_was_there) {
  table x;
  auto done = x.apply(change("a", {1, 1}), "first");
  EXPECT_TRUE(done.accepted);
  EXPECT_EQ(done.previous, "");
  done = x.apply(change("a", {1, 2}), "second");
  EXPECT_TRUE(done.accepted);
  EXPECT_EQ(done.previous, "first");
  EXPECT_EQ(*x.find(id("a")), "second");
  EXPECT_EQ(x.size(), 1u);
}

TEST(state_table, refuses_what_is_not_newer) {
  table x;
  x.apply(change("a", {2, 5}), "kept");
  for (const auto& rev : {model::revision{2, 5}, {2, 4}, {1, 99}}) {
    const auto done = x.apply(change("a", rev), "late");
    EXPECT_FALSE(done.accepted);
    EXPECT_EQ(done.previous, "");
  }
  EXPECT_FALSE(x.apply(removal("a", {2, 5}), "").accepted);
  EXPECT_EQ(*x.find(id("a")), "kept");
}

TEST(state_table, takes_a_higher_epoch_with_a_lower_version) {
  table x;
  x.apply(change("a", {1, 99}), "old owner");
  EXPECT_TRUE(x.apply(change("a", {2, 1}), "new owner").accepted);
  EXPECT_EQ(x.last_revision(id("a")), (model::revision{2, 1}));
}

TEST(state_table, does_not_let_a_removed_character_back_in) {
  table x;
  x.apply(change("a", {1, 1}), "last");
  const auto done = x.apply(removal("a", {1, 3}), "");
  EXPECT_TRUE(done.accepted);
  EXPECT_EQ(done.previous, "last");
  EXPECT_EQ(x.find(id("a")), nullptr);
  EXPECT_EQ(x.size(), 0u);
  EXPECT_FALSE(x.apply(change("a", {1, 2}), "late").accepted);
  EXPECT_EQ(x.find(id("a")), nullptr);
  EXPECT_TRUE(x.apply(change("a", {1, 4}), "again").accepted);
  EXPECT_EQ(*x.find(id("a")), "again");
  EXPECT_EQ(x.tombstones(), 0u);
}

TEST(state_table, remembers_the_removal_of_one_it_never_knew) {
  table x;
  EXPECT_TRUE(x.apply(removal("a", {1, 3}), "").accepted);
  EXPECT_FALSE(x.apply(change("a", {1, 2}), "late").accepted);
}

TEST(state_table, forgets_the_oldest_removals_first) {
  table x{2};
  x.apply(removal("a", {1, 9}), "");
  x.apply(removal("b", {1, 9}), "");
  x.apply(removal("a", {1, 10}), "");
  x.apply(removal("c", {1, 9}), "");
  EXPECT_EQ(x.tombstones(), 2u);
  EXPECT_EQ(x.last_revision(id("b")), std::nullopt);
  EXPECT_EQ(x.last_revision(id("a")), (model::revision{1, 10}));
  EXPECT_EQ(x.last_revision(id("c")), (model::revision{1, 9}));
}

TEST(state_table, without_room_for_tombstones_still_removes) {
  table x{0};
  x.apply(change("a", {1, 1}), "a");
  EXPECT_TRUE(x.apply(removal("a", {1, 2}), "").accepted);
  EXPECT_EQ(x.size() + x.tombstones(), 0u);
}

TEST(state_table, visits_the_latest_removals_newest_first) {
  table x;
  for (const auto* name : {"a", "b", "c"})
    x.apply(removal(name, {1, 2}), "");
  std::string seen;
  x.for_each_removed(2, [&](const auto& key, const auto& rev) { seen += key.text + std::to_string(rev.version); });
  EXPECT_EQ(seen, "c2b2");
}

TEST(state_table, visits_every_character_once) {
  table x;
  for (const auto* name : {"a", "b", "c"})
    x.apply(change(name, {1, 1}), name);
  x.apply(removal("b", {1, 2}), "");
  std::map<std::string, std::string> seen;
  x.for_each([&](const auto& key, const auto& entry) { EXPECT_TRUE(seen.emplace(key.text, entry).second); });
  EXPECT_EQ(seen, (std::map<std::string, std::string>{{"a", "a"}, {"c", "c"}}));
}

TEST(state_table, ends_at_the_newest_in_whatever_order_changes_come) {
  std::mt19937_64 random{1};
  table x;
  std::map<std::string, model::character_change> newest;
  for (int i = 0; i < 50'000; ++i) {
    const auto name = std::to_string(random() % 300);
    const auto kind = random() % 10 == 0 ? model::change_kind::removed : model::change_kind::update;
    const auto next = change(name, {random() % 20, random() % 100}, kind);
    const auto known = newest.find(name);
    const bool is_newer = known == newest.end() || next.now->rev > known->second.now->rev;
    ASSERT_EQ(x.apply(next, std::to_string(i)).accepted, is_newer);
    if (is_newer)
      newest.insert_or_assign(name, next);
  }
  for (const auto& [name, last] : newest) {
    EXPECT_EQ(x.find(id(name)) == nullptr, last.kind == model::change_kind::removed);
    EXPECT_EQ(x.last_revision(id(name)), last.now->rev);
  }
}

} // namespace
} // namespace towncrier::flow
