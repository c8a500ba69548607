#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace towncrier;
using namespace towncrier::ws;
using namespace towncrier::ws::test;

namespace {

constexpr std::string_view offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

/// The code a fresh client is closed with after it sent `bytes`; the session has to report the same, once.
std::uint16_t code_after(test_server& server, std::size_t index, std::string_view bytes, std::string_view extra = {}) {
  raw_client client{server.port()};
  client.upgrade("/", extra);
  client.send(bytes);
  const auto code = client.read_close();
  client.close();
  EXPECT_EQ(server.close_code(index), code);
  EXPECT_EQ(server.log(index).closed.size(), 1U);
  return code;
}

} // namespace

TEST(protocol_error, says_how_long_a_message_may_be) {
  auto options = test_server::default_options();
  options.max_message_bytes = 1000;
  test_server server{options};
  raw_client client{server.port()};
  client.upgrade();
  client.send(client_frame(1, std::string(1001, 'x')));
  const auto last = client.read_frame();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->payload.substr(0, 2), "\x03\xF1"); // 1009
  EXPECT_EQ(last->payload.substr(2), "a message may have at most 1000 bytes");
}

TEST(protocol_error, too_long_a_message_is_1009) {
  auto options = test_server::default_options();
  options.max_message_bytes = 1000;
  test_server server{options};
  EXPECT_EQ(code_after(server, 0, client_frame(1, std::string(1001, 'x'))), 1009);
  EXPECT_EQ(
      code_after(server, 1, client_frame(1, std::string(600, 'x'), false) + client_frame(0, std::string(600, 'x'))),
      1009);
  raw_client client{server.port()};
  client.upgrade();
  client.send(client_frame(1, std::string(1000, 'x')));
  EXPECT_EQ(client.read_frame()->payload.size(), 1000U);
}

TEST(protocol_error, a_claim_of_2_to_the_62_bytes_is_1009) {
  test_server server;
  EXPECT_EQ(code_after(server, 0, client_frame(2, "x", true, false, true, std::uint64_t{1} << 62)), 1009);
}

TEST(protocol_error, a_bomb_is_1009) {
  auto options = test_server::default_options();
  options.max_message_bytes = 1'000'000;
  test_server server{options};
  const auto bomb = codec::deflate_message(std::string(20'000'000, 'x'));
  ASSERT_LT(bomb.size(), options.max_message_bytes / 2);
  EXPECT_EQ(code_after(server, 0, client_frame(1, bomb, true, true), offer), 1009);
  EXPECT_TRUE(server.log(0).messages.empty());
}

TEST(protocol_error, data_that_cannot_be_inflated_are_1007) {
  test_server server;
  EXPECT_EQ(code_after(server, 0, client_frame(1, "\x07\xff\xff\xff\xff\xff\xff", true, true), offer), 1007);
  EXPECT_EQ(code_after(server, 1, client_frame(1, "fine") + client_frame(1, "this is no deflate", true, true), offer),
            1007);
  EXPECT_EQ(server.log(1).messages.size(), 1U);
}

TEST(protocol_error, text_that_is_not_utf_8_is_1007) {
  test_server server;
  EXPECT_EQ(code_after(server, 0, client_frame(1, "\xc3\x28")), 1007);
  EXPECT_EQ(code_after(server, 1, client_frame(1, "\xf0\x9f", false) + client_frame(0, "x")), 1007);
  raw_client client{server.port()};
  client.upgrade();
  client.send(client_frame(1, "\xf0\x9f", false) + client_frame(0, "\x8f\x98"));
  EXPECT_EQ(client.read_frame()->payload, "\xf0\x9f\x8f\x98");
}

TEST(protocol_error, frames_that_break_rfc_6455_are_1002) {
  test_server server;
  std::size_t index = 0;
  const auto refuses = [&](std::string_view what, const std::string& bytes) {
    EXPECT_EQ(code_after(server, index++, bytes), 1002) << what;
  };
  refuses("not masked", client_frame(1, "x", true, false, false));
  refuses("reserved opcode", client_frame(3, "x"));
  refuses("RSV1 without extension", client_frame(1, "x", true, true));
  refuses("continuation of nothing", client_frame(0, "x"));
  refuses("a message within another", client_frame(1, "x", false) + client_frame(1, "y"));
  refuses("fragmented ping", client_frame(9, "x", false));
  refuses("long ping", client_frame(9, std::string(126, 'x')));
  refuses("close with one byte", client_frame(8, "x"));
  refuses("close with a reserved code", client_frame(8, std::string_view{"\x03\xec", 2}));
}

TEST(protocol_error, garbage_ends_one_connection_and_nothing_else) {
  test_server server;
  std::mt19937_64 random{7};
  constexpr std::size_t clients = 200;
  for (std::size_t i = 0; i < clients; ++i) {
    raw_client client{server.port()};
    client.upgrade("/", i % 2 == 0 ? offer : std::string_view{});
    std::string bytes(random() % 3000, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    client.send(bytes);
    client.shut_down_sending();
    client.read_all();
  }
  for (std::size_t i = 0; i < clients; ++i) {
    EXPECT_NE(server.close_code(i), 0) << i;
    EXPECT_EQ(server.log(i).closed.size(), 1U);
  }
  raw_client client{server.port()};
  client.upgrade();
  client.send(client_frame(1, "still here"));
  EXPECT_EQ(client.read_frame()->payload, "still here");
}

TEST(protocol_error, messages_before_it_are_delivered) {
  test_server server;
  EXPECT_EQ(code_after(server, 0, client_frame(1, "one") + client_frame(1, "two") + client_frame(3, "three")), 1002);
  EXPECT_EQ(server.log(0).messages.size(), 2U);
}
