#include "codec/frame.hpp"
#include "nodes/load/server_frame.hpp"
#include "nodes/load/viewer.hpp"

#include <gtest/gtest.h>

namespace towncrier::load {

TEST(server_frame, is_read_when_it_is_all_there) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u, 100'000u}) {
    const std::string payload(size, 'x');
    const auto bytes = *codec::make_frame(codec::opcode::binary, payload, true) + "more";
    const auto frame = first_frame(bytes);
    EXPECT_EQ(frame.size, bytes.size() - 4);
    EXPECT_EQ(frame.payload, payload);
    EXPECT_EQ(frame.opcode, 2);
    EXPECT_TRUE(frame.compressed);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{5}, frame.size - 1})
      EXPECT_EQ(first_frame(std::string_view{bytes}.substr(0, std::min(cut, frame.size - 1))).size, 0u);
  }
}

TEST(server_frame, a_claim_of_everything_there_is_waits) {
  EXPECT_EQ(first_frame(std::string_view{"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff more", 15}).size, 0u);
}

TEST(client_frame, is_masked) {
  for (const std::size_t size : {0u, 125u, 126u, 65'535u, 65'536u}) {
    const std::string payload(size, 'x');
    const auto bytes = client_frame(1, payload);
    const std::size_t header = size < 126 ? 2 : size < 65'536 ? 4 : 10;
    ASSERT_EQ(bytes.size(), header + 4 + size);
    EXPECT_NE(bytes[1] & 0x80, 0);
    for (std::size_t i = 0; i < size; ++i)
      ASSERT_EQ(bytes[header + 4 + i] ^ bytes[header + i % 4], 'x');
  }
}

TEST(knock_answer, is_yes_no_or_not_there_yet) {
  EXPECT_EQ(read_knock_answer("HTTP/1.1 101 Switching\r\nUpgrade: web").size, 0u);
  const auto yes = read_knock_answer("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x01x");
  EXPECT_EQ(yes.size, sizeof "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n" - 1);
  EXPECT_EQ(yes.refusal, "");
  EXPECT_EQ(read_knock_answer("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\r\nall is taken\r\n").refusal,
            "HTTP/1.1 503 Service Unavailable: all is taken");
}

} // namespace towncrier::load
