#include "actors/ops/debugger.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_socket.hpp"

namespace towncrier::ops {

namespace {

using client = support::probe<protocol::connection_actor>;

} // namespace

struct debugger_test : support::actor_fixture {
  protocol::debugger_options options{false, 3};
  protocol::debug_switch on = std::make_shared<std::atomic<bool>>(false);
  protocol::debugger_actor debugger;
  client ada = make_probe<protocol::connection_actor>();

  void start() { debugger = spawn(ops::debugger, options, on); }

  void command(const client& who, model::object args) {
    send(debugger, protocol::command_order{
                       {17, {3, who.handle()}, {}}, model::message_id{std::int64_t{1}}, "debug", std::move(args)});
  }

  void record(std::string message) { send(debugger, protocol::debug_record{true, 5, std::move(message), 12.5}); }
};

TEST_F(debugger_test, is_off_until_somebody_asks) {
  start();
  EXPECT_FALSE(on->load());
  command(ada, {{"enabled", true}});
  EXPECT_TRUE(on->load());
  auto answer = ada.take_one<protocol::answer>();
  EXPECT_EQ(answer.type, "result");
  EXPECT_TRUE(support::true_at(answer.data, "ok"));
  EXPECT_TRUE(support::true_at(answer.data, "data.enabled"));
  EXPECT_EQ(support::number_at(answer.data, "id"), 1);
  command(ada, {{"enabled", false}});
  EXPECT_FALSE(on->load());
  answer = ada.take_one<protocol::answer>();
  EXPECT_TRUE(support::true_at(answer.data, "ok"));
  EXPECT_FALSE(support::true_at(answer.data, "data.enabled"));
}

TEST_F(debugger_test, without_arguments_it_is_switched_on) {
  start();
  command(ada, {});
  EXPECT_TRUE(on->load());
}

TEST_F(debugger_test, refuses_what_is_neither_on_nor_off) {
  start();
  command(ada, {{"enabled", "yes"}});
  EXPECT_FALSE(on->load());
  const auto answer = ada.take_one<protocol::failure_answer>();
  EXPECT_EQ(answer.code, protocol::errc::invalid_message);
  EXPECT_EQ(answer.id, model::message_id{std::int64_t{1}});
}

TEST_F(debugger_test, shows_everything_to_those_who_asked) {
  start();
  const auto other = make_probe<protocol::connection_actor>();
  command(ada, {});
  ada.clear();
  record("hello");
  const auto shown = ada.take_one<protocol::answer>();
  EXPECT_EQ(shown.type, "debug");
  EXPECT_EQ(support::text_at(shown.data, "direction"), "in");
  EXPECT_EQ(support::text_at(shown.data, "connection_id"), "c5");
  EXPECT_EQ(support::text_at(shown.data, "message"), "hello");
  EXPECT_EQ(support::number_at(shown.data, "timestamp"), 12.5);
  EXPECT_TRUE(other.empty());
}

TEST_F(debugger_test, asking_twice_shows_once_and_one_no_is_enough) {
  start();
  command(ada, {});
  command(ada, {});
  ada.clear();
  record("hello");
  EXPECT_EQ(ada.count<protocol::answer>(), 1u);
  command(ada, {{"enabled", false}});
  EXPECT_FALSE(on->load());
}

TEST_F(debugger_test, is_off_again_when_the_last_who_asked_has_gone) {
  start();
  auto bob = make_probe<protocol::connection_actor>();
  command(ada, {});
  command(bob, {});
  kill(ada.handle());
  EXPECT_TRUE(on->load());
  bob.clear();
  record("hello");
  EXPECT_EQ(bob.count<protocol::answer>(), 1u);
  kill(bob.handle());
  EXPECT_FALSE(on->load());
}

TEST_F(debugger_test, stays_on_where_that_is_the_option) {
  options.enabled = true;
  start();
  EXPECT_TRUE(on->load());
  command(ada, {});
  command(ada, {{"enabled", false}});
  EXPECT_TRUE(on->load());
}

TEST_F(debugger_test, keeps_the_last_messages) {
  start();
  for (int i = 1; i <= 5; ++i)
    record(std::to_string(i));
  const auto records = request<protocol::debug_log>(debugger, protocol::list_atom::value)->records;
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records.front().message, "3");
  EXPECT_EQ(records.back().message, "5");
}

} // namespace towncrier::ops
