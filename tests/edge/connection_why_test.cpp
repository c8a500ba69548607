#include "tests/edge/connection_fixture.hpp"

namespace towncrier::edge {

namespace {

using support::character;
using support::entry_of;
using support::event;
using support::update;

} // namespace

/// What a connection adds to the hub's word: whether it is there, and what its socket took.
struct connection_why_test : connection_fixture {
  connection_why_test() {
    hub.answer_with([](const caf::message& x) {
      return x.match_element<protocol::why_request>(0)
                 ? caf::make_message(
                       protocol::inspect_answer{model::object{{"seen", true}, {"reason", "delivered"}, {"version", 2}}})
                 : caf::message{};
    });
  }

  model::value ask() {
    return actor_fixture::request<protocol::inspect_answer>(who, protocol::why_question{{"a", false}})->answer;
  }

  std::string why() {
    const auto answer = ask();
    return *answer.find("reason")->get_if<std::string>() + (*answer.find("seen") == model::value{true} ? " seen" : "");
  }
};

TEST_F(connection_why_test, passes_on_what_the_hub_knows) {
  become_live();
  const auto answer = ask();
  EXPECT_EQ(why(), "delivered seen");
  EXPECT_EQ(*answer.find("connection"), model::value{"c17"});
  EXPECT_EQ(*answer.find("character"), model::value{"a"});
  EXPECT_EQ(*answer.find("version"), model::value{2});
  EXPECT_EQ(*answer.find("phase"), model::value{"live"});
}

TEST_F(connection_why_test, is_not_welcome_before_the_hub_has_a_place_for_it) {
  knock();
  EXPECT_EQ(why(), "not_welcome_yet");
  send(who, protocol::socket_opened{0});
  EXPECT_EQ(why(), "not_welcome_yet");
  EXPECT_EQ(*ask().find("phase"), model::value{"joining"});
  join();
  EXPECT_EQ(why(), "delivered seen");
}

TEST_F(connection_why_test, is_not_welcome_before_its_token_is) {
  services.auth_enabled = true;
  open();
  EXPECT_EQ(why(), "not_welcome_yet");
  EXPECT_EQ(*ask().find("phase"), model::value{"authenticating"});
}

TEST_F(connection_why_test, is_closed_once_it_was_told_to_go) {
  become_live();
  send(who, protocol::close_order{protocol::close_code::policy, "go"});
  ASSERT_TRUE(socket->closed);
  EXPECT_EQ(why(), "closed");
}

TEST_F(connection_why_test, says_what_waits_for_its_socket) {
  become_live();
  socket->take_nothing();
  deliver({entry_of(event("big", std::string(300 * 1024, 'x')))}, "n1:1:6");
  deliver({entry_of(update(character("a", 1)))}, "n1:1:7");
  deliver({entry_of(update(character("a", 2)))}, "n1:1:8");
  socket->sent.clear();
  EXPECT_EQ(why(), "conflated_and_waiting");
  EXPECT_GT(ask().find("queued_bytes")->number_or(0), 300'000);
  EXPECT_EQ(*ask().find("behind"), model::value{true});
  EXPECT_TRUE(socket->take().empty()) << "the oracle: it has not gone out";
  socket->take_all();
  send(who, protocol::drained_atom::value);
  EXPECT_EQ(why(), "delivered seen");
  EXPECT_FALSE(socket->take().empty());
}

} // namespace towncrier::edge
