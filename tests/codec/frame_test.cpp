#include "codec/frame.hpp"

#include <gtest/gtest.h>

using namespace towncrier;
using namespace std::string_view_literals;

namespace {

std::string header(codec::opcode op, std::uint64_t size, bool compressed = false) {
  std::string out;
  codec::append_frame_header(out, op, size, compressed);
  return out;
}

} // namespace

TEST(frame, header_holds_the_shortest_length) {
  EXPECT_EQ(header(codec::opcode::text, 0), "\x81\0"sv);
  EXPECT_EQ(header(codec::opcode::text, 125), "\x81\x7D"sv);
  EXPECT_EQ(header(codec::opcode::text, 126), "\x81\x7E\0\x7E"sv);
  EXPECT_EQ(header(codec::opcode::text, 65535), "\x81\x7E\xFF\xFF"sv);
  EXPECT_EQ(header(codec::opcode::text, 65536), "\x81\x7F\0\0\0\0\0\x01\0\0"sv);
  EXPECT_EQ(header(codec::opcode::text, 0x0102030405060708), "\x81\x7F\x01\x02\x03\x04\x05\x06\x07\x08"sv);
}

TEST(frame, header_names_the_opcode_and_is_final) {
  EXPECT_EQ(header(codec::opcode::continuation, 1), "\x80\x01");
  EXPECT_EQ(header(codec::opcode::binary, 1), "\x82\x01");
  EXPECT_EQ(header(codec::opcode::close, 1), "\x88\x01");
  EXPECT_EQ(header(codec::opcode::ping, 1), "\x89\x01");
  EXPECT_EQ(header(codec::opcode::pong, 1), "\x8A\x01");
}

TEST(frame, header_marks_compressed_messages) {
  EXPECT_EQ(header(codec::opcode::text, 1, true), "\xC1\x01");
  EXPECT_EQ(header(codec::opcode::binary, 300, true), "\xC2\x7E\x01\x2C"sv);
}

TEST(frame, no_header_is_longer_than_it_says) {
  EXPECT_EQ(header(codec::opcode::text, UINT64_MAX).size(), codec::max_frame_header);
}

TEST(frame, holds_the_payload_unmasked) {
  EXPECT_EQ(*codec::make_frame(codec::opcode::text, "hello"), "\x81\x05hello");
  const std::string big(70000, 'x');
  EXPECT_EQ(*codec::make_frame(codec::opcode::binary, big, true), header(codec::opcode::binary, 70000, true) + big);
}
