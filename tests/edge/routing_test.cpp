#include "actors/edge/routing.hpp"
#include "tests/support/actor_fixture.hpp"

namespace towncrier::edge {

namespace {

model::client_message message(model::client_message::body_type body, std::optional<model::message_id> id = {}) {
  return {std::move(id), std::move(body), 1};
}

model::publish_request publish(std::vector<model::publish_input> items) { return {std::move(items), {}}; }

model::character_input character(std::string id) {
  model::character_input x;
  x.id = {std::move(id), false};
  return x;
}

} // namespace

struct routing_test : support::actor_fixture {
  support::probe<protocol::character_directory_actor> characters = make_probe<protocol::character_directory_actor>();
  support::probe<protocol::event_notifier_actor> events = make_probe<protocol::event_notifier_actor>();
  support::probe<protocol::world_actor> world = make_probe<protocol::world_actor>();
  support::probe<protocol::debugger_actor> debugger = make_probe<protocol::debugger_actor>();
  support::probe<protocol::connection_monitor_actor> monitor = make_probe<protocol::connection_monitor_actor>();
  support::probe<protocol::hub_actor> hub = make_probe<protocol::hub_actor>();
  support::probe<protocol::connection_actor> client = make_probe<protocol::connection_actor>();
  edge::routes routes{characters, events, world, debugger, monitor};

  void dispatch(std::vector<model::client_message> messages, protocol::receipt_ptr receipt = nullptr) {
    route(routes, protocol::inbound{{17, {3, client.handle()}, hub}, {}, std::move(messages), std::move(receipt)});
    run();
  }
};

TEST_F(routing_test, what_a_viewer_wants_goes_to_its_hub_in_order) {
  const model::message_id name{std::string{"m"}};
  dispatch({message(model::subscribe_request{{"world"}, std::nullopt, true}, name),
            message(model::unsubscribe_request{{"world"}, true}, name), message(model::resume_request{"n1:1:1"}, name),
            message(model::heartbeat_request{}, name)});
  const auto all = hub.take_all();
  ASSERT_EQ(all.size(), 4u);
  const auto& subscribe = all[0].get_as<protocol::subscribe_order>(0);
  EXPECT_EQ(subscribe.from.slot, 3u);
  EXPECT_EQ(subscribe.from.viewer, client.handle());
  EXPECT_EQ(subscribe.id, name);
  EXPECT_TRUE(subscribe.request.snapshot);
  EXPECT_EQ(all[1].get_as<protocol::unsubscribe_order>(0).request.area, true);
  EXPECT_EQ(all[2].get_as<protocol::resume_order>(0).position, "n1:1:1");
  EXPECT_EQ(all[3].get_as<protocol::heartbeat_order>(0).id, name);
}

TEST_F(routing_test, gathers_what_is_published_into_one_job_for_each_who_acts) {
  auto receipt = std::make_shared<const int>(0);
  const std::weak_ptr<const int> kept = receipt;
  dispatch({message(publish({character("a"), model::event_input{"rain", {}, {}}})), message(publish({character("b")}))},
           std::move(receipt));
  {
    const auto job = characters.take_one<protocol::character_job>();
    ASSERT_EQ(job.inputs.size(), 2u);
    EXPECT_EQ(job.inputs[0].id.text, "a");
    EXPECT_EQ(job.inputs[1].id.text, "b");
    const auto event_job = events.take_one<protocol::event_job>();
    ASSERT_EQ(event_job.inputs.size(), 1u);
    EXPECT_EQ(event_job.inputs[0].event_type, "rain");
    EXPECT_EQ(job.receipt, event_job.receipt);
    EXPECT_FALSE(kept.expired());
  }
  EXPECT_TRUE(kept.expired()) << "nobody else keeps it";
}

TEST_F(routing_test, a_batch_of_which_nothing_is_left_comes_back_at_once) {
  auto receipt = std::make_shared<const int>(0);
  const std::weak_ptr<const int> kept = receipt;
  dispatch({message(publish({}))}, std::move(receipt));
  EXPECT_TRUE(kept.expired());
  EXPECT_TRUE(characters.empty());
  EXPECT_TRUE(events.empty());
}

TEST_F(routing_test, commands_go_to_those_who_know_them) {
  const auto command = [](std::string name) { return message(model::command_request{std::move(name), {{"x", 1}}}); };
  dispatch({command("debug"), command("metrics"), command("pause"), command("anything")});
  EXPECT_EQ(debugger.take_one<protocol::command_order>().name, "debug");
  EXPECT_EQ(monitor.take_one<protocol::command_order>().name, "metrics");
  const auto rest = world.take<protocol::command_order>();
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[0].name, "pause");
  EXPECT_EQ(rest[0].args, (model::object{{"x", 1}}));
  EXPECT_EQ(rest[0].origin.id, 17u);
  EXPECT_EQ(rest[1].name, "anything");
}

TEST_F(routing_test, without_a_town_its_commands_are_refused) {
  routes.world = nullptr;
  dispatch({message(model::command_request{"pause", {}}, model::message_id{std::int64_t{4}})});
  const auto answer = client.take_one<protocol::failure_answer>();
  EXPECT_EQ(answer.code, protocol::errc::invalid_message);
  EXPECT_EQ(answer.id, model::message_id{std::int64_t{4}});
  EXPECT_NE(answer.message.find("'pause'"), std::string::npos);
  EXPECT_TRUE(world.empty());
}

} // namespace towncrier::edge
