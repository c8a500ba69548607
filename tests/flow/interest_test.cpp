#include "flow/interest.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace towncrier::flow {
namespace {

using concerns = std::vector<interest::concern>;
using slots = std::vector<interest::slot>;
using strings = std::vector<std::string>;

constexpr auto update = model::change_kind::update;
constexpr auto removed = model::change_kind::removed;

std::vector<channel> parsed(const strings& texts) {
  std::vector<channel> out;
  for (const auto& text : texts)
    out.push_back(*parse_channel(text));
  return out;
}

model::character character(const std::string& id, const std::string& location,
                           std::optional<model::point> place = std::nullopt) {
  model::character x;
  x.id = {id, false};
  x.location = location;
  x.place = place;
  return x;
}

concerns sorted(std::span<const interest::concern> xs) {
  concerns out(xs.begin(), xs.end());
  std::sort(out.begin(), out.end());
  return out;
}

class interest_test : public testing::Test {
protected:
  void subscribe(interest::slot who, const strings& channels, std::optional<model::area> area = std::nullopt) {
    tested.subscribe(who, parsed(channels), area);
  }

  concerns moved(const model::character& from, const model::character& to) {
    return sorted(tested.concerned(&from, to, update));
  }

  interest tested;
};

TEST_F(interest_test, counts_which_channels_would_be_new) {
  const auto asked = parsed({"world", "character:a", "event:a"});
  EXPECT_EQ(tested.count_new(7, asked), 3u);
  subscribe(7, {"character:a"});
  EXPECT_EQ(tested.count_new(7, asked), 2u);
  subscribe(7, {"world", "event:b"});
  EXPECT_EQ(tested.count_new(7, asked), 1u);
}

TEST_F(interest_test, shows_a_character_by_its_id_its_location_or_its_place) {
  subscribe(0, {"character:a"});
  subscribe(1, {"location:market"});
  subscribe(2, {}, model::area{0, 0, 10, 10});
  subscribe(3, {"world"});
  subscribe(4, {"character:b", "location:mill", "event:market"}, model::area{20, 20, 5, 5});
  const auto x = character("a", "market", model::point{5, 5});
  for (interest::slot who = 0; who < 4; ++who)
    EXPECT_TRUE(tested.visible(who, x)) << who;
  EXPECT_FALSE(tested.visible(4, x));
  EXPECT_FALSE(tested.visible(99, x));
  EXPECT_EQ(moved(x, x), (concerns{{0, effect::as_is}, {1, effect::as_is}, {2, effect::as_is}}));
  EXPECT_EQ(tested.world(), (slots{3}));
}

TEST_F(interest_test, knows_all_that_is_watched) {
  EXPECT_EQ(tested.watched(9), strings{});
  subscribe(0, {"location:market", "event:rain"});
  subscribe(1, {"location:market", "character:a"});
  EXPECT_EQ(tested.watched(9), (strings{"character:a", "event:rain", "location:market"}));
  EXPECT_EQ(tested.watched(2), std::nullopt) << "too many";
  tested.remove(1);
  EXPECT_EQ(tested.watched(9), (strings{"event:rain", "location:market"}));
  subscribe(1, {}, model::area{0, 0, 9, 9});
  EXPECT_EQ(tested.watched(9), std::nullopt);
  subscribe(1, {}, model::area{0, 0, 5, 5});
  tested.unsubscribe(1, {}, true);
  EXPECT_EQ(tested.watched(9), (strings{"event:rain", "location:market"}));
  subscribe(2, {"world"});
  EXPECT_EQ(tested.watched(9), std::nullopt);
  tested.remove(2);
  tested.remove(0);
  EXPECT_EQ(tested.watched(9), strings{});
}

TEST_F(interest_test, is_of_no_place_without_a_place) {
  subscribe(0, {}, model::area{-1, -1, 2, 2});
  EXPECT_FALSE(tested.visible(0, character("a", "market")));
  EXPECT_EQ(moved(character("a", "x"), character("a", "x", model::point{0, 0})), (concerns{{0, effect::entered}}));
  EXPECT_EQ(moved(character("a", "x", model::point{0, 0}), character("a", "x")), (concerns{{0, effect::left_area}}));
}

TEST_F(interest_test, tells_who_sees_a_character_come_and_go) {
  subscribe(0, {"location:market"});
  subscribe(1, {"location:mill"});
  subscribe(2, {"location:market", "location:mill"});
  subscribe(3, {"location:market", "character:a"});
  EXPECT_EQ(moved(character("a", "market"), character("a", "mill")),
            (concerns{{0, effect::left_location}, {1, effect::entered}, {2, effect::as_is}, {3, effect::as_is}}));
}

TEST_F(interest_test, says_that_the_area_was_left_when_both_were) {
  subscribe(0, {"location:market"}, model::area{0, 0, 1, 1});
  EXPECT_EQ(moved(character("a", "market", model::point{0, 0}), character("a", "mill", model::point{5, 5})),
            (concerns{{0, effect::left_area}}));
  EXPECT_EQ(moved(character("a", "market", model::point{0, 0}), character("a", "market", model::point{5, 5})),
            (concerns{{0, effect::as_is}}));
  EXPECT_EQ(moved(character("a", "market", model::point{5, 5}), character("a", "mill", model::point{6, 6})),
            (concerns{{0, effect::left_location}}));
}

TEST_F(interest_test, a_new_character_enters) {
  subscribe(0, {"location:market", "character:a"});
  EXPECT_EQ(sorted(tested.concerned(nullptr, character("a", "market"), update)), (concerns{{0, effect::entered}}));
}

TEST_F(interest_test, a_removal_concerns_those_who_saw_the_character) {
  subscribe(0, {"location:market"});
  subscribe(1, {"location:mill"});
  subscribe(2, {}, model::area{0, 0, 1, 1});
  const auto old = character("a", "market", model::point{0, 0});
  EXPECT_EQ(sorted(tested.concerned(&old, character("a", "mill"), removed)),
            (concerns{{0, effect::as_is}, {2, effect::as_is}}));
  EXPECT_TRUE(tested.concerned(nullptr, old, removed).empty());
}

TEST_F(interest_test, shows_an_event_by_its_type) {
  subscribe(0, {"event:sale"});
  subscribe(1, {"event:meeting"});
  subscribe(2, {"world", "event:sale"});
  const model::event sale{"sale", {}, 0};
  EXPECT_EQ(sorted(tested.concerned(sale)), (concerns{{0, effect::as_is}}));
  EXPECT_TRUE(tested.visible(0, sale));
  EXPECT_FALSE(tested.visible(1, sale));
  EXPECT_TRUE(tested.visible(2, sale));
}

TEST_F(interest_test, keeps_a_subscriber_of_the_world_apart_until_it_leaves_the_world) {
  subscribe(0, {"world", "character:a"}, model::area{0, 0, 1, 1});
  const auto x = character("a", "market", model::point{0, 0});
  EXPECT_TRUE(moved(x, x).empty());
  tested.unsubscribe(0, parsed({"world"}));
  EXPECT_TRUE(tested.world().empty());
  EXPECT_EQ(moved(x, x), (concerns{{0, effect::as_is}}));
}

TEST_F(interest_test, lists_channels_as_the_protocol_writes_them) {
  subscribe(0, {"world", "location:b", "event:x"});
  subscribe(0, {"location:a", "character:7", "location:b"});
  EXPECT_EQ(tested.channels(0), (strings{"character:7", "event:x", "location:a", "location:b", "world"}));
  EXPECT_EQ(tested.channel_count(0), 5u);
  tested.unsubscribe(0, parsed({"location:b", "world", "event:never"}));
  EXPECT_EQ(tested.channels(0), (strings{"character:7", "event:x", "location:a"}));
  EXPECT_TRUE(tested.channels(99).empty());
}

TEST_F(interest_test, replaces_one_area_by_the_next) {
  subscribe(0, {}, model::area{0, 0, 1, 1});
  subscribe(0, {"event:x"});
  EXPECT_EQ(tested.area(0), (model::area{0, 0, 1, 1}));
  subscribe(0, {}, model::area{10, 10, 1, 1});
  EXPECT_EQ(moved(character("a", "", model::point{0, 0}), character("a", "", model::point{10, 10})),
            (concerns{{0, effect::entered}}));
  tested.unsubscribe(0, {}, true);
  EXPECT_EQ(tested.area(0), std::nullopt);
  EXPECT_TRUE(moved(character("a", "", model::point{10, 10}), character("a", "")).empty());
}

TEST_F(interest_test, gives_a_slot_out_again_with_nothing_in_it) {
  subscribe(0, {"world", "location:market", "event:sale"}, model::area{0, 0, 1, 1});
  tested.remove(0);
  tested.remove(99);
  tested.unsubscribe(99, parsed({"world"}), true);
  EXPECT_TRUE(tested.world().empty());
  EXPECT_TRUE(tested.channels(0).empty());
  EXPECT_FALSE(tested.visible(0, character("a", "market", model::point{0, 0})));
  subscribe(0, {"character:b"});
  const auto x = character("a", "market", model::point{0, 0});
  EXPECT_TRUE(moved(x, x).empty());
  EXPECT_TRUE(tested.concerned(model::event{"sale", {}, 0}).empty());
}

} // namespace
} // namespace towncrier::flow
