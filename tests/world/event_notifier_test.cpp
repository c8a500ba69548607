#include "actors/world/event_notifier.hpp"
#include "tests/support/actor_fixture.hpp"

namespace towncrier::world {

struct event_notifier_test : support::actor_fixture {
  support::probe<protocol::batcher_actor> batcher = make_probe<protocol::batcher_actor>();
  protocol::event_notifier_actor notifier = spawn(event_notifier, batcher.handle());
};

TEST_F(event_notifier_test, sends_events_on_in_order_with_their_receipt) {
  const auto receipt = std::make_shared<const int>(1);
  send(notifier, protocol::event_job{{{"rain", {model::object{{"mm", 3}}}, 12.5}, {"snow", {}, {}}}, receipt});
  const auto changes = batcher.take<protocol::outgoing_change>();
  ASSERT_EQ(changes.size(), 2u);
  const auto& rain = *std::get<model::event_ptr>(changes[0].change);
  EXPECT_EQ(rain, (model::event{"rain", model::object{{"mm", 3}}, 12.5}));
  EXPECT_EQ(std::get<model::event_ptr>(changes[1].change)->event_type, "snow");
  EXPECT_EQ(changes[0].receipt, receipt);
  EXPECT_EQ(changes[1].receipt, receipt);
}

TEST_F(event_notifier_test, gives_the_time_where_the_publisher_gave_none) {
  send(notifier, protocol::event_job{{{"rain", {}, {}}}, nullptr});
  const auto change = batcher.take_one<protocol::outgoing_change>().change;
  EXPECT_GT(std::get<model::event_ptr>(change)->timestamp, 1.6e9);
}

} // namespace towncrier::world
