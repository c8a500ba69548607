#include "actors/edge/rate_limiter.hpp"
#include "tests/support/actor_fixture.hpp"

#include <deque>
#include <random>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using protocol::role;

model::client_message message(std::int64_t id, std::size_t weight = 1) {
  return {model::message_id{id}, model::heartbeat_request{}, weight};
}

std::int64_t id_of(const model::client_message& x) { return std::get<std::int64_t>(*x.id); }

} // namespace

struct rate_limiter_test : support::actor_fixture {
  rate_limiter_test() {
    options.max_messages = 3;
    options.window = 10s;
    options.publisher_max_messages = 5;
    options.max_violations = 4;
  }

  void start() {
    limiter = spawn(
        rate_limiter, [to = next.handle()](protocol::inbound&& x) { caf::anon_send(to, std::move(x)); }, options);
  }

  void say(const std::string& name, role as, std::vector<model::client_message> messages) {
    protocol::inbound x;
    x.origin.id = 7;
    x.origin.from.viewer = client.handle();
    x.who = {name, as, 0};
    x.messages = std::move(messages);
    x.receipt = receipt;
    send(limiter, std::move(x));
  }

  /// The ids of the messages that were passed on since the last call.
  std::vector<std::int64_t> admitted() {
    std::vector<std::int64_t> result;
    for (const auto& x : next.take<protocol::inbound>())
      for (const auto& each : x.messages)
        result.push_back(id_of(each));
    return result;
  }

  protocol::rate_limiter_options options;
  /// Who is passed what was admitted.
  using next_actor = caf::typed_actor<caf::reacts_to<protocol::inbound>>;
  support::probe<next_actor> next = make_probe<next_actor>();
  support::probe<protocol::connection_actor> client = make_probe<protocol::connection_actor>();
  std::shared_ptr<const int> receipt = std::make_shared<const int>(1);
  protocol::rate_limiter_actor limiter;
};

TEST_F(rate_limiter_test, passes_on_what_is_admitted_in_one_message_in_order_with_its_receipt) {
  start();
  say("ada", role::viewer, {message(1), message(2), message(3), message(4)});
  const auto x = next.take_one<protocol::inbound>();
  ASSERT_EQ(x.messages.size(), 3u);
  EXPECT_EQ(id_of(x.messages[0]), 1);
  EXPECT_EQ(id_of(x.messages[2]), 3);
  EXPECT_EQ(x.receipt, receipt);
  EXPECT_EQ(x.origin.id, 7u);
  EXPECT_EQ(x.who.name, "ada");
}

TEST_F(rate_limiter_test, answers_what_is_refused_with_its_id_and_when_to_try_again) {
  start();
  say("ada", role::viewer, {message(1)});
  advance(4s);
  say("ada", role::viewer, {message(2), message(3), message(4)});
  const auto x = client.take_one<protocol::failure_answer>();
  EXPECT_EQ(x.code, protocol::errc::rate_limit);
  EXPECT_EQ(x.message, "more than 3 messages in 10 seconds; slow down");
  EXPECT_EQ(x.id, model::message_id{std::int64_t{4}});
  EXPECT_EQ(x.retry_after, 6.0);
  EXPECT_FALSE(x.close);
}

TEST_F(rate_limiter_test, sends_nothing_on_when_all_is_refused_and_drops_the_receipt) {
  start();
  say("ada", role::viewer, {message(1, 3)});
  next.clear();
  say("ada", role::viewer, {message(2)});
  EXPECT_TRUE(next.empty());
  EXPECT_EQ(receipt.use_count(), 1);
}

TEST_F(rate_limiter_test, admits_again_when_the_oldest_leaves_the_window_and_not_before) {
  start();
  say("ada", role::viewer, {message(1)});
  advance(1s);
  say("ada", role::viewer, {message(2), message(3)});
  advance(8999ms);
  say("ada", role::viewer, {message(4)});
  advance(1ms);
  say("ada", role::viewer, {message(5), message(6)});
  EXPECT_EQ(admitted(), (std::vector<std::int64_t>{1, 2, 3, 5}));
}

TEST_F(rate_limiter_test, counts_a_batch_as_the_messages_it_holds) {
  start();
  say("ada", role::viewer, {message(1, 2), message(2, 2), message(3, 1), message(4, 1)});
  EXPECT_EQ(admitted(), (std::vector<std::int64_t>{1, 3}));
}

TEST_F(rate_limiter_test, tells_that_a_batch_is_larger_than_anything_allowed) {
  start();
  say("ada", role::viewer, {message(1, 4)});
  EXPECT_EQ(client.take_one<protocol::failure_answer>().message,
            "a batch of 4 messages is more than the 3 that are allowed at all; send smaller ones");
}

TEST_F(rate_limiter_test, limits_by_role_and_not_at_all_where_the_limit_is_0) {
  start();
  say("pub", role::publisher, {message(1, 5), message(2)});
  say("op", role::operator_, {message(3, 1'000'000)});
  say("op", role::operator_, {message(4, 1'000'000)});
  EXPECT_EQ(admitted(), (std::vector<std::int64_t>{1, 3, 4}));
}

TEST_F(rate_limiter_test, identities_do_not_use_up_each_others_messages) {
  start();
  say("ada", role::viewer, {message(1, 3)});
  say("bob", role::viewer, {message(2, 3)});
  say("ada", role::viewer, {message(3)});
  EXPECT_EQ(admitted(), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(rate_limiter_test, a_new_connection_of_the_same_identity_gets_no_new_window) {
  start();
  say("ada", role::viewer, {message(1, 3)});
  client = make_probe<protocol::connection_actor>();
  say("ada", role::viewer, {message(2)});
  EXPECT_EQ(admitted(), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(client.count<protocol::failure_answer>(), 1u);
}

TEST_F(rate_limiter_test, a_client_that_goes_on_is_closed_with_the_first_refusal_beyond_the_allowed) {
  start();
  say("ada", role::viewer, {message(1, 3)});
  say("ada", role::viewer, {message(2), message(3), message(4), message(5)});
  for (const auto& x : client.take<protocol::failure_answer>())
    EXPECT_FALSE(x.close);
  say("ada", role::viewer, {message(6), message(7)});
  EXPECT_EQ(client.take_one<protocol::failure_answer>().close, protocol::close_code::policy);
}

TEST_F(rate_limiter_test, refusals_are_forgotten_with_the_window) {
  start();
  for (int round = 0; round < 5; ++round) {
    say("ada", role::viewer, {message(1, 3), message(2), message(3)});
    for (const auto& x : client.take<protocol::failure_answer>())
      EXPECT_FALSE(x.close);
    advance(10s);
  }
}

TEST_F(rate_limiter_test, forgets_identities_that_were_silent_for_a_window_and_no_others) {
  start();
  auto& accounts = state_of<rate_limiter_state>(limiter).accounts;
  say("ada", role::viewer, {message(1)});
  advance(9s);
  say("bob", role::viewer, {message(2)});
  EXPECT_EQ(accounts.size(), 2u);
  advance(1s);
  EXPECT_EQ(accounts.size(), 1u);
  advance(10s);
  EXPECT_TRUE(accounts.empty());
}

TEST_F(rate_limiter_test, shows_what_it_admitted_and_refused) {
  start();
  say("ada", role::viewer, {message(1), message(2), message(3), message(4)});
  say("op", role::operator_, {message(5)});
  const auto shown = state_of<rate_limiter_state>(limiter).describe();
  EXPECT_EQ(*model::find(shown, "admitted"), model::value{std::uint64_t{4}});
  EXPECT_EQ(*model::find(shown, "refused"), model::value{std::uint64_t{1}});
}

TEST_F(rate_limiter_test, any_span_of_a_window_holds_at_most_what_is_allowed) {
  options.max_messages = 20;
  options.max_violations = 1'000'000;
  start();
  std::mt19937_64 random{3};
  std::deque<std::chrono::steady_clock::time_point> passed;
  for (int i = 0; i < 3000; ++i) {
    say("ada", role::viewer, {message(i)});
    if (!admitted().empty())
      passed.push_back(now());
    else
      EXPECT_EQ(passed.size(), 20u) << "refused although there was room";
    advance(std::chrono::milliseconds{random() % 800});
    while (!passed.empty() && now() - passed.front() >= options.window)
      passed.pop_front();
    ASSERT_LE(passed.size(), 20u);
  }
}

} // namespace towncrier::edge
