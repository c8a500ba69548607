#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

using namespace towncrier;
using namespace towncrier::ws;
using namespace towncrier::ws::test;

namespace {

constexpr std::string_view offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

std::string random_bytes(std::mt19937_64& random, std::size_t size) {
  std::string x(size, '\0');
  for (auto& c : x)
    c = static_cast<char>(random());
  return x;
}

} // namespace

TEST(echo, gives_back_text_and_binary_of_every_length) {
  test_server server;
  raw_client client{server.port()};
  client.upgrade();
  std::mt19937_64 random{1};
  for (const std::size_t size : {0, 1, 125, 126, 127, 511, 512, 513, 1535, 1536, 1537, 65535, 65536, 1048576}) {
    const auto bytes = random_bytes(random, size);
    client.send(client_frame(2, bytes));
    const auto binary = client.read_frame();
    ASSERT_TRUE(binary) << size;
    EXPECT_EQ(binary->opcode, 2);
    EXPECT_FALSE(binary->masked);
    EXPECT_TRUE(binary->payload == bytes) << size;
    client.send(client_frame(1, std::string(size, 'x')));
    const auto text = client.read_frame();
    ASSERT_TRUE(text) << size;
    EXPECT_EQ(text->opcode, 1);
    EXPECT_EQ(text->payload.size(), size);
  }
}

TEST(echo, puts_fragments_together_around_control_frames) {
  test_server server;
  raw_client client{server.port()};
  client.upgrade();
  client.send(client_frame(1, "to", false) + client_frame(9, "?") + client_frame(0, "", false) +
              client_frame(0, "wn", false) + client_frame(0, "crier"));
  const auto pong = client.read_frame();
  EXPECT_EQ(pong->opcode, 10);
  EXPECT_EQ(pong->payload, "?");
  EXPECT_EQ(client.read_frame()->payload, "towncrier");
}

TEST(echo, takes_bytes_one_by_one) {
  test_server server;
  raw_client client{server.port()};
  client.upgrade();
  for (const auto c : client_frame(1, "slowly", false) + client_frame(0, " but surely"))
    client.send({&c, 1});
  EXPECT_EQ(client.read_frame()->payload, "slowly but surely");
}

TEST(echo, inflates_what_the_client_compressed) {
  test_server server;
  raw_client client{server.port()};
  client.upgrade("/", offer);
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += std::to_string(i) + ",";
  client.send(client_frame(1, codec::deflate_message(text), true, true));
  EXPECT_EQ(client.read_frame()->payload, text);
  client.send(client_frame(1, "plain all the same"));
  EXPECT_EQ(client.read_frame()->payload, "plain all the same");
  client.send(client_frame(1, codec::deflate_message(""), true, true));
  EXPECT_EQ(client.read_frame()->payload, "");
}

TEST(echo, passes_on_a_burst_in_few_calls_and_in_order) {
  test_server server;
  std::vector<std::size_t> batches;
  server.on_batch = [&](session&, const auto& messages) { batches.push_back(messages.size()); };
  raw_client client{server.port()};
  client.upgrade();
  constexpr int count = 10'000;
  std::string burst;
  for (int i = 0; i < count; ++i)
    burst += client_frame(1, std::to_string(i));
  client.send(burst);
  ASSERT_TRUE(server.wait_for(0, [](const auto& x) { return x.messages.size() == count; }));
  const auto log = server.log(0);
  for (int i = 0; i < count; ++i)
    ASSERT_EQ(log.messages[static_cast<std::size_t>(i)].bytes, std::to_string(i));
  server.call([&] {
    EXPECT_LE(*std::ranges::max_element(batches), 64U);
    EXPECT_LT(batches.size(), 1000U);
  });
}

TEST(echo, holds_back_while_reading_is_paused) {
  test_server server;
  server.on_batch = [](session& who, const auto&) { who.pause_reading(); };
  raw_client client{server.port()};
  client.upgrade();
  client.send(client_frame(1, "first"));
  ASSERT_TRUE(server.wait_for(0, [](const auto& x) { return x.messages.size() == 1; }));
  std::string more;
  for (int i = 0; i < 1000; ++i)
    more += client_frame(1, "more");
  client.send(more);
  client.send(client_frame(9, "answered?"));
  const auto who = server.at(0);
  EXPECT_EQ(server.log(0).messages.size(), 1U);
  server.call([&] {
    server.on_batch = [](session&, const auto&) {};
    who->resume_reading();
  });
  EXPECT_TRUE(server.wait_for(0, [](const auto& x) { return x.messages.size() == 1001; }));
  EXPECT_EQ(client.read_frame()->payload, "answered?");
}

TEST(echo, hears_pings_pongs_and_messages_as_signs_of_life) {
  test_server server;
  raw_client client{server.port()};
  client.upgrade();
  const auto who = server.at(0);
  const auto heard = [&] {
    std::chrono::steady_clock::time_point x;
    server.call([&] { x = who->last_heard(); });
    return x;
  };
  EXPECT_TRUE(server.wait_for(0, [](const auto& x) { return x.opened == 1; }));
  for (const int opcode : {1, 9, 10}) {
    const auto before = heard();
    client.send(client_frame(opcode, "here"));
    EXPECT_TRUE(eventually([&] { return heard() > before; })) << opcode;
  }
}

TEST(echo, pings_a_client) {
  test_server server;
  raw_client client{server.port()};
  client.upgrade();
  const auto who = server.at(0);
  ASSERT_TRUE(server.wait_for(0, [](const auto& x) { return x.opened == 1; }));
  server.call([&] { who->ping(); });
  const auto frame = client.read_frame();
  EXPECT_EQ(frame->opcode, 9);
  EXPECT_TRUE(frame->payload.empty());
}
