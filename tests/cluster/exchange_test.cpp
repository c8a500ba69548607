#include "actors/cluster/exchange.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/changes.hpp"

namespace towncrier::cluster {

struct exchange_test : support::actor_fixture {
  protocol::exchange_actor exchange = spawn(cluster::exchange, exchange_settings{});
  support::probe<protocol::hub_actor> first = make_probe<protocol::hub_actor>();
  support::probe<protocol::hub_actor> second = make_probe<protocol::hub_actor>();
};

TEST_F(exchange_test, hands_every_batch_to_all_hubs_and_all_share_it) {
  send(exchange, first.handle());
  send(exchange, second.handle());
  const auto batch = support::batch(1, {support::event("rain")});
  send(exchange, protocol::outgoing_batch{batch, {}});
  EXPECT_EQ(first.take_one<protocol::outgoing_batch>().batch, batch);
  EXPECT_EQ(second.take_one<protocol::outgoing_batch>().batch, batch);
}

TEST_F(exchange_test, batches_keep_their_order) {
  send(exchange, first.handle());
  for (std::uint64_t i = 1; i <= 50; ++i)
    send(exchange, protocol::outgoing_batch{support::batch(i, {}), {}});
  std::uint64_t sequence = 0;
  for (const auto& x : first.take<protocol::outgoing_batch>())
    EXPECT_EQ(x.batch->stamp.sequence, ++sequence);
  EXPECT_EQ(sequence, 50u);
}

TEST_F(exchange_test, a_receipt_comes_back_when_the_last_hub_has_the_batch) {
  send(exchange, first.handle());
  send(exchange, second.handle());
  auto receipt = std::make_shared<const int>(1);
  const std::weak_ptr<const int> kept = receipt;
  send(exchange, protocol::outgoing_batch{support::batch(1, {}), {std::move(receipt)}});
  first.clear();
  EXPECT_FALSE(kept.expired());
  second.clear();
  EXPECT_TRUE(kept.expired());
}

TEST_F(exchange_test, where_there_is_no_hub_a_receipt_comes_back_at_once) {
  auto receipt = std::make_shared<const int>(1);
  const std::weak_ptr<const int> kept = receipt;
  send(exchange, protocol::outgoing_batch{support::batch(1, {}), {std::move(receipt)}});
  EXPECT_TRUE(kept.expired());
}

} // namespace towncrier::cluster
