#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace towncrier;
using namespace towncrier::ws;
using namespace towncrier::ws::test;

namespace {

/// A client that is let in, and its session.
struct pair {
  explicit pair(test_server& server, std::size_t index = 0) : client(server.port()) {
    client.upgrade();
    who = server.at(index);
    EXPECT_TRUE(server.wait_for(index, [](const auto& x) { return x.opened == 1; }));
  }

  raw_client client;
  std::shared_ptr<session> who;
};

} // namespace

// That every end is told of exactly once, and nothing after it, the server of these tests sees to when it goes.

TEST(end, comes_from_the_client) {
  test_server server;
  pair x{server};
  x.client.send(client_frame(8, std::string_view{"\x0f\xa0thank you", 11}));
  EXPECT_EQ(x.client.read_close(), 4000);
  EXPECT_TRUE(x.client.at_end());
  x.client.close();
  EXPECT_EQ(server.close_code(0), 4000);
  EXPECT_EQ(server.log(0).closed.front().second, "thank you");
}

TEST(end, comes_from_the_client_without_a_code) {
  test_server server;
  pair x{server};
  x.client.send(client_frame(8, ""));
  EXPECT_EQ(x.client.read_frame()->opcode, 8);
  x.client.close();
  EXPECT_EQ(server.close_code(0), 1005);
}

TEST(end, comes_from_the_server) {
  test_server server;
  pair x{server};
  server.call([&] { x.who->close(1008, "Invalid token"); });
  const auto close = x.client.read_frame();
  EXPECT_EQ(close->code(), 1008);
  EXPECT_EQ(close->payload.substr(2), "Invalid token");
  x.client.send(client_frame(8, close->payload));
  EXPECT_TRUE(x.client.at_end());
  x.client.close();
  EXPECT_EQ(server.close_code(0), 1008);
  EXPECT_EQ(server.log(0).closed.front().second, "Invalid token");
}

TEST(end, comes_from_both_at_once) {
  test_server server;
  server.on_batch = [](session& who, const auto&) { who.close(1001, "same time"); };
  for (std::size_t i = 0; i < 50; ++i) {
    pair x{server, i};
    x.client.send(client_frame(1, "close, please") + client_frame(8, std::string_view{"\x03\xe8", 2}));
    EXPECT_NE(x.client.read_close(), 0);
    x.client.close();
    EXPECT_NE(server.close_code(i), 0);
  }
}

TEST(end, comes_before_the_handshake_is_done) {
  test_server server;
  server.on_knock = [&](auto who) {
    server.let_in(who);
    who->close(1013, "not now");
  };
  raw_client client{server.port()};
  client.upgrade();
  EXPECT_EQ(client.read_close(), 1013);
  client.close();
  EXPECT_EQ(server.close_code(0), 1013);
}

TEST(end, is_1006_when_the_client_vanishes) {
  test_server server;
  pair polite{server, 0};
  polite.client.close();
  EXPECT_EQ(server.close_code(0), 1006);
  pair abrupt{server, 1};
  abrupt.client.reset();
  EXPECT_EQ(server.close_code(1), 1006);
}

TEST(end, is_1006_upon_abort_and_the_client_sees_it) {
  test_server server;
  pair x{server};
  server.call([&] {
    x.who->abort();
    x.who->abort();
    x.who->close(1000, "too late");
    x.who->ping();
  });
  EXPECT_TRUE(x.client.at_end());
  x.client.close();
  EXPECT_EQ(server.close_code(0), 1006);
}

TEST(end, comes_from_within_a_handler) {
  test_server server;
  server.on_batch = [](session& who, const auto& messages) {
    if (messages.front().bytes == "abort")
      who.abort();
    else
      who.close(1000, "done");
  };
  pair first{server, 0};
  first.client.send(client_frame(1, "abort"));
  EXPECT_EQ(server.close_code(0), 1006);
  pair second{server, 1};
  second.client.send(client_frame(1, "close"));
  EXPECT_EQ(second.client.read_close(), 1000);
  second.client.close();
  EXPECT_EQ(server.close_code(1), 1000);
}

TEST(end, waits_no_longer_than_the_close_timeout_for_the_client) {
  auto options = test_server::default_options();
  options.close_timeout = std::chrono::milliseconds{50};
  test_server server{options};
  pair x{server};
  server.call([&] { x.who->close(1001, "going"); });
  EXPECT_EQ(x.client.read_close(), 1001);
  EXPECT_EQ(server.close_code(0), 1001); // though the client says nothing and stays
}

TEST(end, waits_no_longer_for_a_client_that_closed_and_stays) {
  auto options = test_server::default_options();
  options.close_timeout = std::chrono::milliseconds{50};
  test_server server{options};
  pair x{server};
  x.client.send(client_frame(8, std::string_view{"\x03\xe8", 2}));
  EXPECT_EQ(x.client.read_close(), 1000);
  EXPECT_NE(server.close_code(0), 0);
}

TEST(end, delivers_nothing_after_our_close_but_drops_what_comes) {
  test_server server;
  pair x{server};
  server.call([&] { x.who->close(1000, ""); });
  std::string late;
  for (int i = 0; i < 1000; ++i)
    late += client_frame(1, "late");
  x.client.send(late + client_frame(8, std::string_view{"\x03\xe8", 2}));
  EXPECT_EQ(x.client.read_close(), 1000);
  EXPECT_TRUE(x.client.at_end());
  x.client.close();
  EXPECT_EQ(server.close_code(0), 1000);
  EXPECT_TRUE(server.log(0).messages.empty());
}

TEST(end, cuts_a_long_reason_between_characters) {
  test_server server;
  pair x{server};
  std::string reason(122, 'x');
  server.call([&] { x.who->close(1000, reason + "\xc3\xa9\xc3\xa9"); });
  EXPECT_EQ(x.client.read_frame()->payload.substr(2), reason);
}

TEST(end, leaves_no_session_behind_after_a_thousand_connections) {
  const auto before = session::count();
  test_server server;
  std::mt19937_64 random{3};
  constexpr std::size_t count = 1000;
  for (std::size_t i = 0; i < count; ++i) {
    raw_client client{server.port()};
    client.upgrade();
    if (random() % 2 == 0)
      client.send(client_frame(1, "hello"));
    if (random() % 3 == 0)
      client.send(client_frame(8, ""));
    if (random() % 2 == 0)
      client.reset();
  }
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_NE(server.close_code(i), 0) << i;
  EXPECT_TRUE(eventually([&] { return session::count() == before; }));
}
