#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace towncrier::ws;
using namespace towncrier::ws::test;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(handshake, answers_with_the_key_of_the_rfc) {
  test_server server;
  raw_client client{server.port()};
  const auto head = client.upgrade("/ws");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  EXPECT_THAT(head, HasSubstr("Server: towncrier"));
  EXPECT_THAT(head, Not(HasSubstr("Sec-WebSocket-Protocol")));
  EXPECT_TRUE(server.wait_for(0, [](const auto& x) { return x.opened == 1 && x.window_bits == 0; }));
}

TEST(handshake, shows_the_request_to_the_one_who_decides) {
  test_server server;
  http_request seen;
  server.on_knock = [&](auto who) {
    seen = who->request();
    server.let_in(who, "chosen");
  };
  raw_client client{server.port()};
  const auto head = client.upgrade("/ws?a=1%202&b=x+y&a=3", "Authorization: Bearer t\r\n");
  EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Protocol: chosen\r\n"));
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.path, "/ws");
  EXPECT_EQ(seen.param("b"), "x y");
  EXPECT_EQ(seen.params("a"), (std::vector<std::string_view>{"1 2", "3"}));
  EXPECT_EQ(seen.header("authorization"), "Bearer t");
  EXPECT_THAT(seen.peer, StartsWith("127.0.0.1:"));
}

TEST(handshake, finds_no_websocket_on_another_path) {
  test_server server;
  raw_client client{server.port()};
  EXPECT_THAT(client.upgrade("/elsewhere"), StartsWith("HTTP/1.1 404"));
}

TEST(handshake, refuses_another_version_and_names_its_own) {
  test_server server;
  raw_client client{server.port()};
  client.send(raw_client::upgrade_request("/", {}, "dGhlIHNhbXBsZSBub25jZQ==", "8"));
  const auto head = client.read_head();
  EXPECT_THAT(head, StartsWith("HTTP/1.1 426"));
  EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Version: 13\r\n"));
}

TEST(handshake, refuses_a_key_that_is_not_16_bytes_in_base64) {
  test_server server;
  for (const auto* key :
       {"", "abc", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZR==", "dGhl*HNhbXBsZSBub25jZQ=="}) {
    raw_client client{server.port()};
    client.send(raw_client::upgrade_request("/", {}, key));
    EXPECT_THAT(client.read_head(), StartsWith("HTTP/1.1 400")) << key;
  }
}

TEST(handshake, lets_in_allowed_origins_and_those_without) {
  auto options = test_server::default_options();
  ASSERT_FALSE(options.sites.allowed.add("https://town.example"));
  test_server server{options};
  raw_client stranger{server.port()};
  EXPECT_THAT(stranger.upgrade("/", "Origin: https://evil.example\r\n"), StartsWith("HTTP/1.1 403"));
  raw_client friendly{server.port()};
  EXPECT_THAT(friendly.upgrade("/", "Origin: https://Town.Example\r\n"), StartsWith("HTTP/1.1 101"));
  raw_client tool{server.port()};
  EXPECT_THAT(tool.upgrade("/"), StartsWith("HTTP/1.1 101"));
}

TEST(handshake, can_be_refused_with_a_time_to_come_back) {
  test_server server;
  server.on_knock = [](auto who) { who->refuse(503, "The house is full.\n", std::chrono::seconds{7}); };
  raw_client client{server.port()};
  const auto head = client.upgrade();
  EXPECT_THAT(head, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(head, HasSubstr("Retry-After: 7\r\n"));
  EXPECT_EQ(client.read_all(), "The house is full.\n");
  client.close();
  EXPECT_TRUE(eventually([] { return session::count() == 0; }));
}

TEST(handshake, is_dropped_when_it_stops_half_way) {
  auto options = test_server::default_options();
  options.handshake_timeout = std::chrono::milliseconds{50};
  test_server server{options};
  raw_client silent{server.port()};
  EXPECT_TRUE(silent.at_end());
  raw_client half{server.port()};
  half.send("GET / HTTP/1.1\r\nHost: te");
  EXPECT_TRUE(half.at_end());
}

TEST(handshake, is_dropped_when_nobody_answers_the_knock) {
  auto options = test_server::default_options();
  options.handshake_timeout = std::chrono::milliseconds{50};
  test_server server{options};
  std::shared_ptr<session> kept;
  server.on_knock = [&](auto who) { kept = who; };
  raw_client client{server.port()};
  EXPECT_EQ(client.upgrade(), "");
  server.call([&] { server.let_in(std::exchange(kept, nullptr)); });
  EXPECT_EQ(server.close_code(0), 1006);
  EXPECT_EQ(server.log(0).opened, 0);
}

TEST(handshake, ends_when_the_knocking_session_is_let_go_of) {
  test_server server;
  server.on_knock = [](auto) {};
  raw_client client{server.port()};
  EXPECT_EQ(client.upgrade(), "");
  EXPECT_TRUE(eventually([] { return session::count() == 0; }));
}

TEST(handshake, may_be_answered_later) {
  test_server server;
  std::shared_ptr<session> kept;
  server.on_knock = [&](auto who) { kept = who; };
  raw_client client{server.port()};
  client.send(raw_client::upgrade_request());
  EXPECT_TRUE(eventually([&] {
    bool knocked = false;
    server.call([&] { knocked = kept != nullptr; });
    return knocked;
  }));
  server.call([&] { server.let_in(std::exchange(kept, nullptr)); });
  EXPECT_THAT(client.read_head(), StartsWith("HTTP/1.1 101"));
}

TEST(handshake, goes_out_before_frames_that_are_sent_at_once) {
  test_server server;
  server.on_knock = [&](auto who) {
    server.let_in(who);
    const std::vector<frame_ptr> frames{towncrier::codec::make_frame(towncrier::codec::opcode::text, "first")};
    who->send(frames);
  };
  raw_client client{server.port()};
  EXPECT_THAT(client.upgrade(), StartsWith("HTTP/1.1 101"));
  EXPECT_EQ(client.read_frame()->payload, "first");
}

TEST(handshake, loses_nothing_that_a_hasty_client_sends_with_it) {
  test_server server;
  raw_client client{server.port()};
  client.send(raw_client::upgrade_request() + client_frame(1, "hasty") + client_frame(1, "really"));
  EXPECT_THAT(client.read_head(), StartsWith("HTTP/1.1 101"));
  EXPECT_EQ(client.read_frame()->payload, "hasty");
  EXPECT_EQ(client.read_frame()->payload, "really");
}

TEST(handshake, agrees_to_compression_without_context) {
  test_server server;
  raw_client client{server.port()};
  const auto head = client.upgrade("/", "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n");
  EXPECT_THAT(head, HasSubstr("permessage-deflate"));
  EXPECT_THAT(head, HasSubstr("server_no_context_takeover"));
  EXPECT_THAT(head, HasSubstr("client_no_context_takeover"));
  EXPECT_TRUE(server.wait_for(0, [](const auto& x) { return x.window_bits == 10; }));
  raw_client plain{server.port()};
  plain.upgrade("/", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  EXPECT_TRUE(server.wait_for(1, [](const auto& x) { return x.window_bits == 15; }));
}

TEST(handshake, offers_no_compression_where_it_is_off) {
  auto options = test_server::default_options();
  options.compression = false;
  test_server server{options};
  raw_client client{server.port()};
  EXPECT_THAT(client.upgrade("/", "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
              Not(HasSubstr("permessage-deflate")));
  EXPECT_TRUE(server.wait_for(0, [](const auto& x) { return x.opened == 1 && x.window_bits == 0; }));
}
