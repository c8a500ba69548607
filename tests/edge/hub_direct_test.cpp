#include "tests/edge/connection_fixture.hpp"
#include "tests/edge/hub_fixture.hpp"
#include "tests/support/direct_viewer.hpp"

namespace towncrier::edge {

namespace {

using support::batch;
using support::event;

/// What became of a `recording_viewer`, which its test may look at when it has ended, too.
struct record_of_viewer {
  std::vector<std::string> positions;
  int memory_named = 0;
  bool ended = false;
  int called_after_end = 0;
};

/// A viewer on the hub's thread, as far as the hub sees it.
struct recording_viewer : protocol::chunk_sink {
  static inline const char* name = "recording_viewer";
  using direct_face = protocol::chunk_sink;

  recording_viewer() = default;
  virtual ~recording_viewer() { record->ended = true; }
  model::object describe() const { return {}; }

  void deliver(const fanout::chunk& x) override {
    record->called_after_end += record->ended;
    record->positions.push_back(support::to_text(x.position()));
  }
  void name_memory(std::vector<std::span<const std::byte>>&) const override {
    record->called_after_end += record->ended;
    ++record->memory_named;
  }

  std::shared_ptr<record_of_viewer> record = std::make_shared<record_of_viewer>();
};

} // namespace

/// What a hub shows without a message.
struct hub_direct_test : hub_fixture {
  hub_direct_test() {
    start();
    recording_viewer* state = nullptr;
    who = caf::actor_cast<protocol::connection_actor>(spawn(support::direct_viewer<recording_viewer>, mail, &state));
    record = state->record;
  }

  protocol::join_request join_request() const { return {who, {"world"}, false, {}}; }

  void join() {
    send(hub, join_request());
    advance(options.resume_grace);
  }

  template <class T>
  std::size_t mailed() const {
    return static_cast<std::size_t>(
        std::count_if(mail->begin(), mail->end(), [](const auto& x) { return x.template match_element<T>(0); }));
  }

  support::direct_viewer_mail mail = std::make_shared<std::vector<caf::message>>();
  std::shared_ptr<record_of_viewer> record;
  protocol::connection_actor who;
};

TEST_F(hub_direct_test, shows_chunks_directly_only_to_one_whose_mailbox_is_empty) {
  join();
  EXPECT_EQ(mailed<protocol::joined>(), 1u);
  EXPECT_EQ(record->memory_named, 1);
  publish({event("one")});
  EXPECT_EQ(record->positions, std::vector<std::string>{"n1:1:1"});
  EXPECT_EQ(mailed<protocol::delivery>(), 0u);
  // Something waits in the mailbox: what is shown now must not come before it.
  caf::anon_send(hub, protocol::heartbeat_order{{0, who}, std::nullopt});
  caf::anon_send(hub, protocol::outgoing_batch{batch(2, {event("two")}), {}});
  caf::anon_send(hub, protocol::flush_atom::value);
  run();
  advance(options.flush_window);
  EXPECT_EQ(mailed<protocol::heartbeat_due>(), 1u);
  EXPECT_EQ(mailed<protocol::delivery>() + record->positions.size(), 2u);
  EXPECT_EQ(mailed<protocol::delivery>(), 1u);
}

TEST_F(hub_direct_test, shows_nothing_directly_to_one_that_has_ended) {
  join();
  kill(who);
  publish({event("one")});
  EXPECT_TRUE(record->ended);
  EXPECT_TRUE(record->positions.empty());
}

TEST_F(hub_direct_test, touches_nothing_of_one_that_ended_before_its_join_was_handled) {
  kill(who);
  ASSERT_TRUE(record->ended);
  send(hub, join_request());
  advance(options.resume_grace);
  publish({event("one")});
  EXPECT_EQ(record->called_after_end, 0);
  EXPECT_EQ(record->memory_named, 0);
}

/// A real connection in front of a real hub that has much to do.
struct busy_hub_test : connection_fixture {
  void knock_at_busy_hub() {
    real_hub = spawn(edge::hub, protocol::edge_options{});
    services.hub = real_hub;
    socket->heard = now();
    services.admission = admission;
    services.authenticator = authenticator;
    services.rate_limiter = rate_limiter;
    services.debugger = debugger;
    services.anonymous = protocol::role::operator_;
    who = spawn(edge::connection, std::make_shared<const connection_services>(services),
                std::shared_ptr<protocol::client_socket>(socket), std::make_shared<protocol::upgrade_request>(request));
    // So much that the hub's turn ends before it has come to what the connection says meanwhile.
    for (int i = 0; i < 10; ++i)
      caf::anon_send(real_hub, protocol::flush_atom::value);
  }

  std::size_t viewers() { return state_of<hub_state>(real_hub).viewers.size(); }

  protocol::hub_actor real_hub;
};

TEST_F(busy_hub_test, is_left_by_a_client_before_it_handles_the_join) {
  knock_at_busy_hub();
  caf::anon_send(who, protocol::socket_opened{0});
  caf::anon_send(who, protocol::socket_closed{1006, "the connection was reset"});
  run();
  EXPECT_TRUE(ended(who));
  EXPECT_EQ(socket->memory_named, 0) << "the hub went through the memory of a connection that had ended";
  EXPECT_EQ(viewers(), 0u);
}

TEST_F(busy_hub_test, is_left_by_one_that_an_operator_ends_before_it_handles_the_join) {
  knock_at_busy_hub();
  caf::anon_send(who, protocol::socket_opened{0});
  caf::anon_send_exit(who, caf::exit_reason::kill);
  run();
  EXPECT_TRUE(ended(who));
  EXPECT_EQ(socket->memory_named, 0);
  EXPECT_EQ(viewers(), 0u);
}

TEST_F(busy_hub_test, calls_one_that_stays) {
  knock_at_busy_hub();
  caf::anon_send(who, protocol::socket_opened{0});
  run();
  EXPECT_EQ(socket->memory_named, 1);
  EXPECT_EQ(viewers(), 1u);
}

} // namespace towncrier::edge
