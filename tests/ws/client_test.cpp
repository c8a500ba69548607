#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"
#include "ws/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace towncrier;
using namespace towncrier::ws;
using namespace towncrier::ws::test;
using testing::HasSubstr;

namespace {

std::unique_ptr<client> connect(const test_server& server, const client_options& options = {}) {
  auto x = client::connect(server.url(), options);
  if (!x) {
    ADD_FAILURE() << x.error();
    return nullptr;
  }
  return std::move(*x);
}

} // namespace

TEST(client, sends_and_receives_text_and_binary) {
  test_server server;
  const auto x = connect(server);
  ASSERT_TRUE(x->send_text("text"));
  ASSERT_TRUE(x->send_binary(std::string{"\0\x88\xff", 3}));
  EXPECT_EQ(std::get<message>(x->receive(patience)), (message{false, "text"}));
  EXPECT_EQ(std::get<message>(x->receive(patience)), (message{true, std::string{"\0\x88\xff", 3}}));
}

TEST(client, has_its_headers_and_sub_protocols_heard) {
  test_server server;
  std::string token;
  std::string offered;
  server.on_knock = [&](auto who) {
    token = who->request().header("Authorization");
    offered = who->request().header("Sec-WebSocket-Protocol");
    server.let_in(who, "two");
  };
  client_options options;
  options.fields = {{"Authorization", "Bearer t"}};
  options.subprotocols = {"one", "two"};
  const auto x = connect(server, options);
  EXPECT_EQ(x->subprotocol(), "two");
  EXPECT_EQ(token, "Bearer t");
  EXPECT_EQ(offered, "one, two");
}

TEST(client, takes_compressed_frames_when_it_offered_to) {
  test_server server;
  client_options options;
  options.compression = true;
  const auto x = connect(server, options);
  ASSERT_TRUE(server.wait_for(0, [](const auto& log) { return log.window_bits == 15; }));
  const auto who = server.at(0);
  const std::string text(100'000, 'z');
  const auto frame = codec::make_frame(codec::opcode::text, codec::deflate_message(text), true);
  const std::vector<frame_ptr> twice{frame, frame};
  server.call([&] { who->send(twice); });
  EXPECT_EQ(std::get<message>(x->receive(patience)).bytes, text);
  EXPECT_EQ(std::get<message>(x->receive(patience)).bytes, text);
  ASSERT_TRUE(x->send_text(text));
  EXPECT_EQ(std::get<message>(x->receive(patience)).bytes, text);
}

TEST(client, reports_a_time_without_messages) {
  test_server server;
  const auto x = connect(server);
  EXPECT_TRUE(std::holds_alternative<client_timeout>(x->receive(std::chrono::milliseconds{1})));
  x->send_text("now");
  EXPECT_TRUE(std::holds_alternative<message>(x->receive(patience)));
}

TEST(client, reports_how_the_server_closed) {
  test_server server;
  const auto x = connect(server);
  const auto who = server.at(0);
  ASSERT_TRUE(server.wait_for(0, [](const auto& log) { return log.opened == 1; }));
  server.call([&] { who->close(1008, "Invalid token"); });
  for (int i = 0; i < 2; ++i) {
    const auto end = std::get<client_closed>(x->receive(patience));
    EXPECT_EQ(end.code, 1008);
    EXPECT_EQ(end.reason, "Invalid token");
  }
  EXPECT_FALSE(x->send_text("too late"));
  EXPECT_FALSE(x->ping());
}

TEST(client, reports_a_broken_connection_as_1006) {
  test_server server;
  const auto x = connect(server);
  const auto who = server.at(0);
  ASSERT_TRUE(server.wait_for(0, [](const auto& log) { return log.opened == 1; }));
  server.call([&] { who->abort(); });
  EXPECT_EQ(std::get<client_closed>(x->receive(patience)).code, 1006);
}

TEST(client, closes_with_a_code_and_a_reason) {
  test_server server;
  const auto x = connect(server);
  x->send_text("left unread");
  EXPECT_EQ(x->close(4000, "bye").code, 4000);
  EXPECT_EQ(server.close_code(0), 4000);
  EXPECT_EQ(server.log(0).closed.front().second, "bye");
}

TEST(client, pings) {
  test_server server;
  const auto x = connect(server);
  EXPECT_TRUE(x->ping());
  x->send_text("after the ping");
  EXPECT_EQ(std::get<message>(x->receive(patience)).bytes, "after the ping");
}

TEST(client, says_what_the_server_answered_instead_of_an_upgrade) {
  test_server server;
  server.on_knock = [](auto who) { who->refuse(503, "The house is full.", std::chrono::seconds{1}); };
  const auto full = client::connect(server.url());
  ASSERT_FALSE(full);
  EXPECT_THAT(full.error(), HasSubstr("503"));
  EXPECT_THAT(full.error(), HasSubstr("The house is full."));
}

TEST(client, says_why_it_cannot_connect) {
  EXPECT_THAT(client::connect("ws://127.0.0.1:1/").error(), HasSubstr("Connection refused"));
  EXPECT_THAT(client::connect("127.0.0.1:1").error(), HasSubstr("is not a URL"));
  test_server server;
  server.on_knock = [keep = std::vector<std::shared_ptr<session>>{}](auto who) mutable { keep.push_back(who); };
  client_options hasty;
  hasty.timeout = std::chrono::milliseconds{50};
  EXPECT_THAT(client::connect(server.url(), hasty).error(), HasSubstr("in time"));
}

TEST(client, gets_pages) {
  test_server server;
  const auto got = http_get("http://127.0.0.1:" + std::to_string(server.port()) + "/some?x=1");
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->status, 200U);
  EXPECT_EQ(got->body, "GET /some");
}

TEST(client, sends_what_is_to_be_done) {
  test_server server;
  server.on_page = [](const http_request& x) {
    return text_response(409, x.method + ' ' + std::string{x.header("Content-Type")} + ' ' + x.body);
  };
  const auto url = "http://127.0.0.1:" + std::to_string(server.port()) + "/do";
  const auto posted = http_send(url, {"POST", "application/json", "{}"});
  ASSERT_TRUE(posted) << posted.error();
  EXPECT_EQ(posted->status, 409U);
  EXPECT_EQ(posted->body, "POST application/json {}");
  EXPECT_EQ(http_send(url, {"DELETE", "", ""})->body, "DELETE  ");
}

TEST(client, gives_up_when_nobody_waits) {
  test_server server;
  server.on_question = [keep = std::vector<listener_handler::answer_to>{}](http_request, auto answer) mutable {
    keep.push_back(std::move(answer));
  };
  client_options options;
  options.timeout = std::chrono::hours{1};
  int asked = 0;
  options.give_up = [&asked] { return ++asked == 3; };
  EXPECT_FALSE(http_get("http://127.0.0.1:" + std::to_string(server.port()) + "/", options));
  EXPECT_GE(asked, 3);
}
