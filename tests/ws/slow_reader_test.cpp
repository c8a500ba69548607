#include "codec/frame.hpp"
#include "raw_client.hpp"
#include "test_server.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace towncrier;
using namespace towncrier::ws;
using namespace towncrier::ws::test;

namespace {

/// A server that keeps what it cannot send: small kernel buffers on both sides.
server_options small_buffers() {
  auto options = test_server::default_options();
  options.send_buffer_bytes = 16 * 1024;
  options.max_message_bytes = 32 * 1024 * 1024;
  return options;
}

constexpr int small_receive_buffer = 8 * 1024;

/// Frames of many lengths, and the bytes they are on the wire.
struct traffic {
  std::vector<frame_ptr> frames;
  std::string bytes;
};

traffic random_traffic(std::uint64_t seed, std::size_t count, std::size_t longest) {
  std::mt19937_64 random{seed};
  traffic x;
  for (std::size_t i = 0; i < count; ++i) {
    std::string payload(random() % longest, '\0');
    for (auto& c : payload)
      c = static_cast<char>(random());
    x.frames.push_back(codec::make_frame(codec::opcode::binary, payload));
    x.bytes += *x.frames.back();
  }
  return x;
}

std::size_t size_of(std::span<const frame_ptr> frames) {
  std::size_t x = 0;
  for (const auto& frame : frames)
    x += frame->size();
  return x;
}

std::size_t queued(test_server& server, const session& who) {
  std::size_t x = 0;
  server.call([&] { x = who.queued_bytes(); });
  return x;
}

} // namespace

TEST(slow_reader, gets_every_byte_in_order) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    test_server server{small_buffers()};
    raw_client client{server.port(), small_receive_buffer};
    client.upgrade();
    const auto who = server.at(0);
    const auto sent = random_traffic(seed, 3000, seed % 2 == 0 ? 300 : 3000);
    std::mt19937_64 random{seed};
    std::string got;
    std::size_t sent_bytes = 0;
    for (std::size_t at = 0; at < sent.frames.size();) {
      const auto some = std::min<std::size_t>(random() % 700, sent.frames.size() - at);
      server.call([&] { who->send(std::span{sent.frames}.subspan(at, some)); });
      at += some;
      sent_bytes += size_of(std::span{sent.frames}.subspan(at - some, some));
      got += client.read(random() % (sent_bytes - got.size() + 1));
    }
    got += client.read(sent.bytes.size() - got.size());
    EXPECT_TRUE(got == sent.bytes) << seed;
    EXPECT_EQ(queued(server, *who), 0U);
  }
}

TEST(slow_reader, fills_the_queue_and_drains_it) {
  test_server server{small_buffers()};
  raw_client client{server.port(), small_receive_buffer};
  client.upgrade();
  const auto who = server.at(0);
  const auto sent = random_traffic(5, 2000, 2000);
  server.call([&] { who->send(sent.frames); });
  const auto full = queued(server, *who);
  EXPECT_GT(full, sent.bytes.size() / 2);
  EXPECT_LT(full, sent.bytes.size());
  EXPECT_EQ(server.log(0).drained, 0);
  auto got = client.read(sent.bytes.size() / 2);
  EXPECT_TRUE(eventually([&] { return queued(server, *who) < full; }));
  EXPECT_EQ(server.log(0).drained, 0);
  got += client.read(sent.bytes.size() - got.size());
  EXPECT_TRUE(server.wait_for(0, [](const auto& x) { return x.drained == 1; }));
  EXPECT_EQ(queued(server, *who), 0U);
  EXPECT_TRUE(got == sent.bytes);
}

TEST(slow_reader, is_not_told_of_as_drained_when_the_kernel_takes_all_at_once) {
  test_server server;
  raw_client client{server.port()};
  client.upgrade();
  const auto who = server.at(0);
  for (int i = 0; i < 100; ++i) {
    const auto sent = random_traffic(6, 10, 100);
    server.call([&] { who->send(sent.frames); });
    EXPECT_EQ(client.read(sent.bytes.size()), sent.bytes);
  }
  EXPECT_EQ(server.log(0).drained, 0);
}

TEST(slow_reader, gets_its_pong_behind_10_megabytes) {
  test_server server{small_buffers()};
  raw_client client{server.port(), small_receive_buffer};
  client.upgrade();
  const auto who = server.at(0);
  const auto before = random_traffic(7, 1000, 20'000);
  const auto after = random_traffic(8, 10, 100);
  server.call([&] { who->send(before.frames); });
  ASSERT_GT(queued(server, *who), 8'000'000U);
  const auto queue = queued(server, *who);
  client.send(client_frame(9, "are you there?"));
  ASSERT_TRUE(eventually([&] { return queued(server, *who) == queue + 16; }));
  server.call([&] { who->send(after.frames); });
  EXPECT_TRUE(client.read(before.bytes.size()) == before.bytes);
  const auto pong = client.read_frame();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, 10);
  EXPECT_EQ(pong->payload, "are you there?");
  EXPECT_TRUE(client.read(after.bytes.size()) == after.bytes);
}

TEST(slow_reader, gets_what_was_queued_before_the_close_frame_and_nothing_after_it) {
  test_server server{small_buffers()};
  raw_client client{server.port(), small_receive_buffer};
  client.upgrade();
  const auto who = server.at(0);
  const auto sent = random_traffic(9, 1000, 2000);
  server.call([&] {
    who->send(sent.frames);
    who->close(1001, "going");
    who->send(sent.frames);
  });
  EXPECT_TRUE(client.read(sent.bytes.size()) == sent.bytes);
  const auto close = client.read_frame();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->opcode, 8);
  EXPECT_EQ(close->code(), 1001);
  EXPECT_EQ(close->payload.substr(2), "going");
  client.send(client_frame(8, close->payload));
  EXPECT_TRUE(client.at_end());
  client.close();
  EXPECT_EQ(server.close_code(0), 1001);
}

TEST(slow_reader, that_never_reads_is_dropped_after_the_close_timeout) {
  auto options = small_buffers();
  options.close_timeout = std::chrono::milliseconds{50};
  test_server server{options};
  raw_client client{server.port(), small_receive_buffer};
  client.upgrade();
  const auto who = server.at(0);
  const auto sent = random_traffic(10, 1000, 2000);
  server.call([&] {
    who->send(sent.frames);
    who->close(1013, "too slow");
  });
  EXPECT_EQ(server.close_code(0), 1013);
  EXPECT_EQ(queued(server, *who), 0U);
}

TEST(slow_reader, that_floods_pings_does_not_fill_the_queue) {
  test_server server{small_buffers()};
  raw_client client{server.port(), small_receive_buffer};
  client.upgrade();
  const auto who = server.at(0);
  const auto sent = random_traffic(11, 1000, 2000);
  server.call([&] { who->send(sent.frames); });
  const auto full = queued(server, *who);
  std::string pings;
  for (int i = 0; i < 500; ++i)
    pings += client_frame(9, std::string(100, 'p'));
  client.send(pings);
  EXPECT_TRUE(eventually([&] { return queued(server, *who) > full; }));
  EXPECT_LE(queued(server, *who), full + 102);
  EXPECT_TRUE(client.read(sent.bytes.size()) == sent.bytes);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(client.read_frame()->opcode, 10);
}

TEST(slow_reader, that_is_gone_ends_the_session_even_while_reading_is_paused) {
  test_server server{small_buffers()};
  raw_client client{server.port(), small_receive_buffer};
  client.upgrade();
  const auto who = server.at(0);
  server.call([&] { who->pause_reading(); });
  client.send(client_frame(1, "fills the read that was pending"));
  const auto sent = random_traffic(12, 1000, 2000);
  server.call([&] { who->send(sent.frames); });
  client.reset();
  EXPECT_EQ(server.close_code(0), 1006);
}
