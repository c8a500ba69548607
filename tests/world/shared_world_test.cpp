#include "actors/world/shared_world.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_socket.hpp"
#include "tests/town/town_file.hpp"

namespace towncrier::world {

namespace {

using namespace std::chrono_literals;
using support::true_at;

} // namespace

/// A node's world, and what etcd says of the town's clock.
struct shared_world_test : support::actor_fixture {
  support::probe<protocol::character_directory_actor> characters = make_probe<protocol::character_directory_actor>();
  support::probe<protocol::event_notifier_actor> events = make_probe<protocol::event_notifier_actor>();
  support::probe<protocol::connection_actor> ada = make_probe<protocol::connection_actor>();
  support::probe<protocol::membership_actor> membership = make_probe<protocol::membership_actor>();
  protocol::world_actor world;
  shared_clock clock{1, 12, 40, false, 1'000'000, 0};
  std::uint64_t revision = 5;
  /// How many of the next writes somebody else comes before; and whether the view tells of that before the answer.
  int conflicts = 0;
  bool view_is_first = false;

  shared_world_test() {
    protocol::world_options options;
    options.characters = 12;
    membership.answer_with([this](const caf::message& x) { return write(x); });
    const auto began = now();
    const sharing with{"n1", [this, began] { return begin + static_cast<std::uint64_t>((now() - began) / 1ms); },
                       [this] { return time_is_known; }, [this](std::uint64_t to) { begin = to; }};
    world = spawn(shared_world, world_services{characters, events}, town::shared_town(), options, with);
    show_view();
    run();
  }

  std::uint64_t begin = 1'000'000;
  bool time_is_known = true;

  void show_view() {
    protocol::cluster_view view;
    view.nodes.emplace_back().id = "n1";
    view.town = clock.to_json();
    view.town_revision = revision;
    caf::send_as(caf::actor_cast<caf::actor>(membership.handle()), world, view);
  }

  caf::message write(const caf::message& x) {
    const auto& update = x.get_as<protocol::town_update>(0);
    ++revision;
    if (conflicts > 0) {
      --conflicts;
      clock.rate += 1;
      if (view_is_first)
        show_view();
    } else if (update.expected_revision == revision - 1) {
      clock = *shared_clock::parse(update.value);
      return caf::make_message(protocol::town_update_result{true, update.value, revision, {}});
    }
    return caf::make_message(protocol::town_update_result{false, clock.to_json(), revision, {}});
  }

  void command(const std::string& name) {
    send(world, protocol::command_order{{17, {3, ada.handle()}, {}}, model::message_id{std::int64_t{1}}, name, {}});
  }
};

TEST_F(shared_world_test, a_command_counts_from_a_tick_some_time_ahead) {
  command("pause");
  EXPECT_TRUE(true_at(ada.take_one<protocol::answer>().data, "data.paused"));
  EXPECT_TRUE(clock.paused);
  EXPECT_EQ(clock.wall, 1'000'500u);
  EXPECT_DOUBLE_EQ(clock.simulated, 20);
}

TEST_F(shared_world_test, a_command_that_others_come_before_is_tried_again_on_top_of_theirs) {
  conflicts = 2;
  command("pause");
  EXPECT_TRUE(true_at(ada.take_one<protocol::answer>().data, "data.paused"));
  EXPECT_TRUE(clock.paused);
  EXPECT_EQ(clock.rate, 42) << "theirs stays";
}

TEST_F(shared_world_test, also_where_the_view_tells_of_them_before_the_answer) {
  view_is_first = true;
  conflicts = 2;
  command("pause");
  EXPECT_TRUE(true_at(ada.take_one<protocol::answer>().data, "data.paused"));
  EXPECT_EQ(clock.rate, 42);
}

TEST_F(shared_world_test, waits_for_the_clusters_time) {
  kill(world);
  time_is_known = false;
  protocol::world_options options;
  options.characters = 12;
  world = spawn(shared_world, world_services{characters, events}, town::shared_town(), options,
                sharing{"n1", [this] { return begin; }, [this] { return time_is_known; }, {}});
  show_view();
  advance(2s);
  characters.clear();
  EXPECT_FALSE(state_of<shared_world_state>(world).share->begun());
  time_is_known = true;
  advance(1s);
  EXPECT_TRUE(state_of<shared_world_state>(world).share->begun());
}

TEST_F(shared_world_test, a_town_whose_record_is_ahead_of_the_time_does_not_stand_still) {
  kill(world);
  begin = 1'000'000;
  clock.wall = 4'600'000; // an hour later
  ++revision;
  protocol::world_options options;
  options.characters = 12;
  world = spawn(shared_world, world_services{characters, events}, town::shared_town(), options,
                sharing{"n1", [this] { return begin; }, {}, [this](std::uint64_t to) { begin = to; }});
  show_view();
  run();
  EXPECT_EQ(begin, 4'600'000u);
}

TEST_F(shared_world_test, but_not_for_ever) {
  conflicts = 9;
  command("pause");
  EXPECT_NE(ada.take_one<protocol::failure_answer>().message.find("try again"), std::string::npos);
}

} // namespace towncrier::world
