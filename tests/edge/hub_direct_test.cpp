#include "tests/edge/hub_fixture.hpp"

namespace towncrier::edge {

namespace {

using support::batch;
using support::event;

} // namespace

/// What a hub shows without a message.
struct hub_direct_test : hub_fixture {
  hub_direct_test() { start(); }
};

/// A viewer on the hub's thread, as far as the hub sees it.
struct recording_sink final : protocol::chunk_sink {
  void deliver(const fanout::chunk& x) override { positions.push_back(support::to_text(x.position())); }
  std::vector<std::string> positions;
};

TEST_F(hub_direct_test, shows_chunks_directly_only_to_one_whose_mailbox_is_empty) {
  recording_sink sink;
  const auto who = make_probe<protocol::connection_actor>();
  send(hub, protocol::join_request{who.handle(), {"world"}, false, {}, &sink});
  advance(options.resume_grace);
  EXPECT_EQ(who.count<protocol::joined>(), 1u);
  publish({event("one")});
  EXPECT_EQ(sink.positions, std::vector<std::string>{"n1:1:1"});
  EXPECT_EQ(who.count<protocol::delivery>(), 0u);
  // Something waits in the mailbox: what is shown now must not come before it.
  caf::anon_send(hub, protocol::heartbeat_order{{0, who.handle()}, std::nullopt});
  caf::anon_send(hub, protocol::outgoing_batch{batch(2, {event("two")}), {}});
  caf::anon_send(hub, protocol::flush_atom::value);
  run();
  advance(options.flush_window);
  EXPECT_EQ(who.count<protocol::heartbeat_due>(), 1u);
  EXPECT_EQ(who.count<protocol::delivery>() + sink.positions.size(), 2u);
  EXPECT_EQ(who.count<protocol::delivery>(), 1u);
}

TEST_F(hub_direct_test, shows_nothing_directly_to_one_that_has_ended) {
  recording_sink sink;
  const auto who = make_probe<protocol::connection_actor>();
  send(hub, protocol::join_request{who.handle(), {"world"}, false, {}, &sink});
  advance(options.resume_grace);
  caf::anon_send_exit(who.handle(), caf::exit_reason::user_shutdown);
  run();
  publish({event("one")});
  EXPECT_TRUE(sink.positions.empty());
}

} // namespace towncrier::edge
