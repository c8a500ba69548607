#include "actors/world/character_publisher.hpp"
#include "model/limits.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"

namespace towncrier::world {

namespace {

model::character ada() {
  auto x = *support::character("ada", 4, "mill", model::point{1, 2});
  x.attributes = {{"mood", "calm"}, {"hat", "red"}};
  return x;
}

model::character_input input(model::change_kind kind) {
  model::character_input x;
  x.kind = kind;
  x.id = {"ada", false};
  return x;
}

} // namespace

TEST(merged, keeps_what_was_left_out) {
  EXPECT_EQ(merged(ada(), input(model::change_kind::state_change)), ada());
  EXPECT_EQ(merged(ada(), input(model::change_kind::update)), ada());
}

TEST(merged, takes_what_was_said) {
  auto said = input(model::change_kind::state_change);
  said.name = "Ada L.";
  said.state = "asleep";
  said.location = "home";
  said.place = model::point{3, 4};
  const auto now = merged(ada(), said);
  EXPECT_EQ(now.name, "Ada L.");
  EXPECT_EQ(now.state, "asleep");
  EXPECT_EQ(now.location, "home");
  EXPECT_EQ(now.place, (model::point{3, 4}));
  EXPECT_EQ(now.rev, ada().rev);
}

TEST(merged, an_update_replaces_the_attributes) {
  auto said = input(model::change_kind::update);
  said.attributes = model::object{{"hat", "blue"}};
  EXPECT_EQ(merged(ada(), said).attributes, (model::object{{"hat", "blue"}}));
}

TEST(merged, a_state_change_merges_the_attributes_and_null_removes_one) {
  auto said = input(model::change_kind::state_change);
  said.attributes = model::object{{"hat", nullptr}, {"scarf", "wool"}, {"gloves", nullptr}};
  EXPECT_EQ(merged(ada(), said).attributes, (model::object{{"mood", "calm"}, {"scarf", "wool"}}));
}

TEST(merged, null_removes_an_attribute_in_an_update_too) {
  auto said = input(model::change_kind::update);
  said.attributes = model::object{{"hat", nullptr}, {"scarf", "wool"}, {"list", model::array{nullptr}}};
  EXPECT_EQ(merged(ada(), said).attributes, (model::object{{"scarf", "wool"}, {"list", model::array{nullptr}}}));
}

TEST(merged, no_place_takes_the_place_away) {
  for (const auto kind : {model::change_kind::update, model::change_kind::state_change}) {
    auto said = input(kind);
    said.place = model::no_place;
    EXPECT_EQ(merged(ada(), said).place, std::nullopt);
  }
}

struct character_publisher_test : support::actor_fixture {
  support::probe<protocol::batcher_actor> batcher = make_probe<protocol::batcher_actor>();

  model::character_change change(const protocol::character_publisher_actor& who, model::character_input said) {
    send(who, protocol::character_order{std::move(said), nullptr});
    return std::get<model::character_change>(batcher.take_one<protocol::outgoing_change>().change);
  }
};

TEST_F(character_publisher_test, begins_at_version_one_of_its_epoch_named_by_its_id) {
  const auto who =
      spawn(character_publisher, batcher.handle(), protocol::publisher_start{unknown_character({"7", true}, {9, 0})});
  auto said = input(model::change_kind::state_change);
  said.state = "awake";
  const auto x = change(who, said);
  EXPECT_EQ(x.kind, model::change_kind::state_change);
  EXPECT_EQ(x.now->rev, (model::revision{9, 1}));
  EXPECT_EQ(x.now->name, "7");
  EXPECT_TRUE(x.now->id.integer);
  EXPECT_EQ(x.previous_state, "");
  EXPECT_FALSE(x.attributes_changed);
  EXPECT_GT(x.now->timestamp, 1.6e9);
}

TEST_F(character_publisher_test, versions_rise_and_each_change_knows_the_state_before) {
  const auto who = spawn(character_publisher, batcher.handle(),
                         protocol::publisher_start{unknown_character({"ada", false}, {1, 0})});
  std::string before;
  for (std::uint64_t version = 1; version <= 20; ++version) {
    auto said = input(version % 5 == 0 ? model::change_kind::removed : model::change_kind::state_change);
    said.state = "s" + std::to_string(version);
    const auto x = change(who, said);
    EXPECT_EQ(x.now->rev, (model::revision{1, version})) << "also across a removal";
    EXPECT_EQ(x.previous_state, before);
    before = x.now->state;
  }
}

TEST_F(character_publisher_test, goes_on_from_what_is_known) {
  const auto known = std::make_shared<const model::character>(ada());
  const auto who = spawn(character_publisher, batcher.handle(), protocol::publisher_start{known});
  const auto x = change(who, input(model::change_kind::update));
  EXPECT_EQ(x.now->rev, (model::revision{1, 5}));
  EXPECT_EQ(x.now->attributes, ada().attributes);
}

TEST_F(character_publisher_test, says_whether_the_attributes_changed) {
  const auto who = spawn(character_publisher, batcher.handle(),
                         protocol::publisher_start{unknown_character({"ada", false}, {1, 0})});
  auto said = input(model::change_kind::state_change);
  said.attributes = model::object{{"hat", "red"}};
  EXPECT_TRUE(change(who, said).attributes_changed);
  EXPECT_FALSE(change(who, said).attributes_changed);
}

TEST_F(character_publisher_test, a_state_change_that_takes_the_place_away_is_told_as_the_whole_state) {
  const auto who = spawn(character_publisher, batcher.handle(),
                         protocol::publisher_start{std::make_shared<const model::character>(ada())});
  auto said = input(model::change_kind::state_change);
  said.place = model::no_place;
  auto x = change(who, said);
  EXPECT_EQ(x.kind, model::change_kind::update);
  EXPECT_EQ(x.now->place, std::nullopt);
  // There is none to be taken away.
  EXPECT_EQ(change(who, said).kind, model::change_kind::state_change);
}

TEST_F(character_publisher_test, what_was_taken_away_while_paused_is_gone_when_it_goes_on) {
  const auto who = spawn(character_publisher, batcher.handle(),
                         protocol::publisher_start{std::make_shared<const model::character>(ada())});
  send(who, protocol::pause_order{true});
  auto said = input(model::change_kind::state_change);
  said.place = model::no_place;
  said.attributes = model::object{{"hat", nullptr}};
  send(who, protocol::character_order{said, nullptr});
  EXPECT_TRUE(batcher.empty());
  send(who, protocol::pause_order{false});
  const auto x = std::get<model::character_change>(batcher.take_one<protocol::outgoing_change>().change);
  EXPECT_EQ(x.now->place, std::nullopt);
  EXPECT_EQ(x.now->attributes, (model::object{{"mood", "calm"}}));
}

TEST_F(character_publisher_test, keeps_the_time_that_was_given) {
  const auto who = spawn(character_publisher, batcher.handle(),
                         protocol::publisher_start{unknown_character({"ada", false}, {1, 0})});
  auto said = input(model::change_kind::update);
  said.timestamp = 12.5;
  EXPECT_EQ(change(who, said).now->timestamp, 12.5);
}

TEST_F(character_publisher_test, passes_the_receipt_on) {
  const auto who = spawn(character_publisher, batcher.handle(),
                         protocol::publisher_start{unknown_character({"ada", false}, {1, 0})});
  const auto receipt = std::make_shared<const int>(1);
  send(who, protocol::character_order{input(model::change_kind::update), receipt});
  EXPECT_EQ(batcher.take_one<protocol::outgoing_change>().receipt, receipt);
}

} // namespace towncrier::world
