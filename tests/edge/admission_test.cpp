#include "actors/edge/admission.hpp"
#include "tests/support/actor_fixture.hpp"

#include <set>

namespace towncrier::edge {

namespace {

using namespace std::chrono_literals;
using client = support::probe<protocol::connection_actor>;

} // namespace

struct admission_test : support::actor_fixture {
  void start() { admission = spawn(edge::admission, options); }

  protocol::admission_result enter(const client& x, std::string peer = "peer") {
    return *request<protocol::admission_result>(admission, protocol::enter_request{x.handle(), std::move(peer)});
  }

  /// The id it was given; 0 when it was refused.
  protocol::connection_id id_of(const protocol::admission_result& x) {
    const auto* in = std::get_if<protocol::admitted>(&x);
    return in == nullptr ? 0 : in->id;
  }

  std::vector<client> enter_many(int n) {
    std::vector<client> result;
    for (int i = 0; i < n; ++i) {
      result.push_back(make_probe<protocol::connection_actor>());
      EXPECT_NE(id_of(enter(result.back())), 0u);
    }
    return result;
  }

  std::size_t told(std::vector<client>& xs) {
    std::size_t sum = 0;
    for (auto& x : xs)
      sum += x.count<protocol::close_order>();
    return sum;
  }

  protocol::edge_options options;
  protocol::admission_actor admission;
};

TEST_F(admission_test, gives_each_client_an_id_of_its_own) {
  start();
  std::set<protocol::connection_id> ids;
  for (int i = 0; i < 5; ++i)
    ids.insert(id_of(enter(make_probe<protocol::connection_actor>())));
  EXPECT_EQ(ids.size(), 5u);
  EXPECT_FALSE(ids.contains(0));
}

TEST_F(admission_test, refuses_above_the_cap_and_says_why) {
  options.max_connections = 2;
  start();
  const auto in = enter_many(2);
  const auto answer = enter(make_probe<protocol::connection_actor>());
  const auto* no = std::get_if<protocol::refused>(&answer);
  ASSERT_NE(no, nullptr);
  EXPECT_NE(no->sentence.find("all 2 connections"), std::string::npos);
  EXPECT_GT(no->retry_after.count(), 0);
}

TEST_F(admission_test, has_a_place_again_when_one_ends_however_it_ends) {
  options.max_connections = 1;
  start();
  const auto in = enter_many(1);
  const auto next = make_probe<protocol::connection_actor>();
  EXPECT_EQ(id_of(enter(next)), 0u);
  kill(in[0].handle());
  EXPECT_EQ(id_of(enter(next)), 2u) << "an id is not used again";
}

TEST_F(admission_test, one_that_is_dead_already_takes_no_place) {
  options.max_connections = 1;
  start();
  const auto dead = make_probe<protocol::connection_actor>();
  kill(dead.handle());
  enter(dead);
  EXPECT_NE(id_of(enter(make_probe<protocol::connection_actor>())), 0u);
}

TEST_F(admission_test, lists_who_is_connected) {
  start();
  const auto first = make_probe<protocol::connection_actor>();
  const auto second = make_probe<protocol::connection_actor>();
  enter(first, "192.0.2.1:1");
  enter(second, "192.0.2.2:2");
  kill(first.handle());
  const auto list = request<protocol::connection_list>(admission, protocol::list_atom::value)->connections;
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].id, 2u);
  EXPECT_EQ(list[0].peer, "192.0.2.2:2");
  EXPECT_GT(list[0].since, 1.6e9);
}

TEST_F(admission_test, closes_everybody_in_waves) {
  options.drain_wave = 2;
  options.drain_interval = 100ms;
  start();
  auto all = enter_many(5);
  send(admission, protocol::stop_atom::value);
  EXPECT_EQ(told(all), 2u);
  advance(99ms);
  EXPECT_EQ(told(all), 2u);
  advance(1ms);
  EXPECT_EQ(told(all), 4u);
  advance(1s);
  EXPECT_EQ(told(all), 5u);
  for (auto& x : all)
    EXPECT_EQ(x.take_one<protocol::close_order>().code, protocol::close_code::going_away);
}

TEST_F(admission_test, waves_go_on_when_clients_end_between_them) {
  options.drain_wave = 2;
  start();
  auto all = enter_many(5);
  send(admission, protocol::stop_atom::value);
  for (std::size_t i = 0; i < 3; ++i)
    kill(all[i].handle());
  advance(1s);
  EXPECT_EQ(all[3].count<protocol::close_order>(), 1u);
  EXPECT_EQ(all[4].count<protocol::close_order>(), 1u);
}

TEST_F(admission_test, answers_stop_when_the_last_is_gone) {
  start();
  const auto all = enter_many(2);
  caf::scoped_actor first{system()};
  caf::scoped_actor second{system()};
  auto answer = first->request(admission, caf::infinite, protocol::stop_atom::value);
  auto other = second->request(admission, caf::infinite, protocol::stop_atom::value);
  run();
  kill(all[0].handle());
  EXPECT_FALSE(first->has_next_message());
  kill(all[1].handle());
  EXPECT_TRUE(first->has_next_message());
  EXPECT_TRUE(second->has_next_message());
  answer.receive([](bool) {}, [](const caf::error&) { ADD_FAILURE(); });
  other.receive([](bool) {}, [](const caf::error&) { ADD_FAILURE(); });
}

TEST_F(admission_test, answers_stop_at_once_when_nobody_is_there_and_lets_nobody_in) {
  start();
  request<bool>(admission, protocol::stop_atom::value);
  const auto answer = enter(make_probe<protocol::connection_actor>());
  const auto* no = std::get_if<protocol::refused>(&answer);
  ASSERT_NE(no, nullptr);
  EXPECT_NE(no->sentence.find("stopping"), std::string::npos);
}

TEST_F(admission_test, counts_the_clients_of_each_address_where_it_is_told_to) {
  options.max_connections_per_address = 2;
  start();
  std::vector<client> in;
  const auto knock = [&](std::string peer) {
    in.push_back(make_probe<protocol::connection_actor>());
    return id_of(enter(in.back(), std::move(peer))) != 0;
  };
  EXPECT_TRUE(knock("192.0.2.1:5000"));
  EXPECT_TRUE(knock("[::ffff:192.0.2.1]:5001"));
  EXPECT_FALSE(knock("192.0.2.1:5002"));
  EXPECT_TRUE(knock("192.0.2.2:5000"));
  EXPECT_TRUE(knock("[2001:db8::1]:1"));
  EXPECT_TRUE(knock("[2001:db8::2:3]:2"));
  EXPECT_FALSE(knock("[2001:db8:0:0:ffff::]:3"));
  EXPECT_TRUE(knock("[2001:db8:0:1::]:3"));
  const auto answer = enter(make_probe<protocol::connection_actor>(), "192.0.2.1:9");
  EXPECT_NE(std::get<protocol::refused>(answer).sentence.find("your address"), std::string::npos);
  kill(in.front().handle());
  EXPECT_TRUE(knock("192.0.2.1:5003"));
  EXPECT_FALSE(knock("192.0.2.1:5004"));
}

TEST_F(admission_test, tells_everybody_what_is_granted_now) {
  start();
  auto in = enter_many(3);
  const auto now = std::make_shared<const protocol::grants>();
  send(admission, protocol::grants_changed{now});
  for (auto& x : in)
    EXPECT_EQ(x.take_one<protocol::grants_changed>().now, now);
}

TEST_F(admission_test, knows_the_proxy_that_a_client_came_through) {
  start();
  const auto x = make_probe<protocol::connection_actor>();
  request<protocol::admission_result>(admission, protocol::enter_request{x.handle(), "192.0.2.1:0", "10.0.0.1:7"});
  const auto list = request<protocol::connection_list>(admission, protocol::list_atom::value)->connections;
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].peer, "192.0.2.1:0");
  EXPECT_EQ(list[0].via, "10.0.0.1:7");
}

} // namespace towncrier::edge
