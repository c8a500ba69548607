#include "actors/world/world.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_socket.hpp"
#include "tests/town/town_file.hpp"

namespace towncrier::world {

namespace {

using namespace std::chrono_literals;
using support::number_at;
using support::text_at;
using support::true_at;

} // namespace

struct world_test : support::actor_fixture {
  support::probe<protocol::character_directory_actor> characters = make_probe<protocol::character_directory_actor>();
  support::probe<protocol::event_notifier_actor> events = make_probe<protocol::event_notifier_actor>();
  support::probe<protocol::connection_actor> ada = make_probe<protocol::connection_actor>();
  protocol::world_options options;
  protocol::world_actor world;

  void start() {
    options.characters = 12;
    options.tick = 250ms;
    const auto town = town::shared_town();
    ASSERT_TRUE(town);
    world = spawn(world::world, world_services{characters, events}, town, options);
  }

  /// What came out since the last call was seen by every hub.
  void deliver() {
    characters.clear();
    events.clear();
  }

  /// Ticks within `x`, each delivered at once.
  std::size_t ticks_within(std::chrono::milliseconds x) {
    std::size_t count = 0;
    for (; x.count() > 0; x -= options.tick) {
      advance(options.tick);
      count += characters.count<protocol::character_job>() != 0;
      deliver();
    }
    return count;
  }

  void command(std::string name, model::object args = {}) {
    send(world, protocol::command_order{
                    {17, {3, ada.handle()}, {}}, model::message_id{std::int64_t{1}}, std::move(name), std::move(args)});
  }

  model::value answer() { return ada.take_one<protocol::answer>().data; }
  protocol::failure_answer failure() { return ada.take_one<protocol::failure_answer>(); }

  /// Minutes since the town began, from its status.
  double minutes() {
    command("status");
    const auto x = answer();
    const auto time = text_at(x, "data.time");
    return number_at(x, "data.day") * 1440 + std::stod(time.substr(0, 2)) * 60 + std::stod(time.substr(3));
  }
};

TEST_F(world_test, begins_with_the_whole_state_of_everybody) {
  start();
  const auto jobs = characters.take<protocol::character_job>();
  ASSERT_FALSE(jobs.empty());
  EXPECT_EQ(jobs[0].inputs.size(), 12u);
  for (const auto& input : jobs[0].inputs) {
    EXPECT_EQ(input.kind, model::change_kind::update);
    EXPECT_TRUE(input.name && input.place && input.location);
  }
}

TEST_F(world_test, ticks_as_often_as_it_should) {
  start();
  deliver();
  EXPECT_GT(ticks_within(10s), 20u) << "in most quarters of a second of a lively town somebody walks";
}

TEST_F(world_test, time_passes_at_its_rate) {
  options.rate = 60;
  start();
  deliver();
  const auto before = minutes();
  ticks_within(10s);
  EXPECT_NEAR(minutes() - before, 10, 1);
}

TEST_F(world_test, waits_while_what_happened_is_on_its_way) {
  start();
  deliver();
  while (ticks_within(250ms) == 0) {
  }
  advance(250ms);
  ASSERT_EQ(characters.count<protocol::character_job>(), 1u);
  advance(10s);
  EXPECT_EQ(characters.count<protocol::character_job>(), 1u);
  deliver();
  EXPECT_GT(ticks_within(2s), 0u);
}

TEST_F(world_test, stands_still_while_it_is_paused) {
  start();
  deliver();
  command("pause");
  EXPECT_TRUE(true_at(answer(), "data.paused"));
  ticks_within(1s);
  const auto before = minutes();
  EXPECT_EQ(ticks_within(60s), 0u);
  EXPECT_EQ(minutes(), before);
  command("resume");
  EXPECT_FALSE(true_at(answer(), "data.paused"));
  EXPECT_GT(ticks_within(10s), 0u);
}

TEST_F(world_test, a_step_is_taken_even_while_it_is_paused) {
  start();
  deliver();
  command("pause");
  answer();
  const auto before = minutes();
  command("step", {{"seconds", 3600}});
  const auto x = answer();
  EXPECT_TRUE(true_at(x, "ok"));
  EXPECT_EQ(number_at(x, "id"), 1);
  EXPECT_EQ(minutes() - before, 60);
  EXPECT_EQ(characters.count<protocol::character_job>(), 1u);
}

TEST_F(world_test, a_step_without_a_length_is_one_second_of_ours) {
  options.rate = 600;
  start();
  command("pause");
  answer();
  const auto before = minutes();
  command("step");
  answer();
  EXPECT_EQ(minutes() - before, 10);
}

TEST_F(world_test, refuses_steps_that_are_none) {
  start();
  command("pause");
  answer();
  const auto before = minutes();
  for (const model::value& x : {model::value{0}, model::value{-1}, model::value{604801}, model::value{"60"},
                                model::value{nullptr}, model::value{true}, model::value{model::array{}}}) {
    command("step", {{"seconds", x}});
    const auto no = failure();
    EXPECT_EQ(no.code, protocol::errc::invalid_message);
    EXPECT_EQ(no.id, model::message_id{std::int64_t{1}});
    EXPECT_NE(no.message.find("seconds"), std::string::npos);
  }
  EXPECT_EQ(minutes(), before);
  command("step", {{"seconds", 604800}});
  answer();
  EXPECT_EQ(minutes() - before, 7 * 1440);
}

TEST_F(world_test, goes_faster_when_told_so) {
  start();
  deliver();
  command("set_rate", {{"rate", 600}});
  EXPECT_EQ(number_at(answer(), "data.rate"), 600);
  const auto before = minutes();
  ticks_within(6s);
  EXPECT_NEAR(minutes() - before, 60, 11);
}

TEST_F(world_test, refuses_rates_that_are_none) {
  start();
  for (const model::value& x :
       {model::value{0}, model::value{-5.0}, model::value{10001}, model::value{"fast"}, model::value{nullptr}}) {
    command("set_rate", {{"rate", x}});
    EXPECT_EQ(failure().code, protocol::errc::invalid_message);
  }
  command("set_rate");
  EXPECT_NE(failure().message.find("rate"), std::string::npos);
  command("status");
  EXPECT_EQ(number_at(answer(), "data.rate"), options.rate);
}

TEST_F(world_test, tells_how_it_is) {
  start();
  command("status");
  const auto x = answer();
  EXPECT_TRUE(true_at(x, "ok"));
  EXPECT_FALSE(true_at(x, "data.paused"));
  EXPECT_EQ(number_at(x, "data.characters"), 12);
  EXPECT_EQ(number_at(x, "data.rate"), 40);
}

TEST_F(world_test, names_the_commands_when_it_does_not_know_one) {
  start();
  command("explode");
  const auto no = failure();
  EXPECT_EQ(no.code, protocol::errc::invalid_message);
  EXPECT_NE(no.message.find("'explode'"), std::string::npos);
  EXPECT_NE(no.message.find("set_rate"), std::string::npos);
}

} // namespace towncrier::world
