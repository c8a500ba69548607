#include "codec/frame.hpp"
#include "random_value.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <zlib.h>

using namespace towncrier;
using namespace std::literals;

namespace {

/// Inflates as RFC 7692, 7.2.2 says, with a window of `window_bits`; "(bad)" when that fails. It takes its output in
/// small pieces, so that nothing but the window can serve what refers further back.
std::string inflate_message(std::string_view compressed, int window_bits) {
  auto in = std::string{compressed} + "\0\0\xFF\xFF"s;
  std::string out;
  std::string piece(61, '\0');
  z_stream stream{};
  inflateInit2(&stream, -window_bits);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  auto status = Z_OK;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    status = inflate(&stream, Z_SYNC_FLUSH);
    out.append(piece, 0, piece.size() - stream.avail_out);
  } while (status == Z_OK && stream.avail_out == 0);
  const auto whole = (status == Z_OK || status == Z_BUF_ERROR) && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole ? out : "(bad)";
}

std::string repetitive(std::size_t size) {
  std::string out;
  for (int i = 0; out.size() < size; ++i)
    out += R"({"type":"state_change","data":{"character_id":)" + std::to_string(i * 7919 % 1000) + "}}";
  out.resize(size);
  return out;
}

std::string noise(std::size_t size) {
  test::value_source source{12};
  std::string out;
  while (out.size() < size)
    out += static_cast<char>(source.below(256));
  return out;
}

} // namespace

TEST(deflate, gives_the_payload_back_with_every_window_and_level) {
  for (int bits = 9; bits <= 15; ++bits) {
    for (const int level : {1, 3, 6, 9}) {
      for (const std::size_t size : {0, 1, 5, 100, 1000, 16383, 65535, 100000}) {
        for (const auto& payload : {repetitive(size), noise(size)}) {
          const auto compressed = codec::deflate_message(payload, bits, level);
          ASSERT_EQ(inflate_message(compressed, bits), payload) << bits << ' ' << level << ' ' << size;
        }
      }
    }
  }
}

TEST(deflate, needs_no_context_of_earlier_messages) {
  const auto payload = repetitive(5000);
  const auto first = codec::deflate_message(payload);
  codec::deflate_message(noise(100000));
  EXPECT_EQ(codec::deflate_message(payload), first);
  EXPECT_EQ(inflate_message(first, 15), payload);
}

TEST(deflate, makes_repetitive_messages_small) { EXPECT_LT(codec::deflate_message(repetitive(10000)).size(), 2500U); }

TEST(deflate, leaves_out_the_tail_of_the_flush) {
  EXPECT_EQ(codec::deflate_message({}), "\0"sv);
  EXPECT_FALSE(codec::deflate_message(repetitive(1000)).ends_with("\0\0\xFF\xFF"sv));
}

TEST(deflate, takes_the_nearest_setting_for_those_out_of_range) {
  const auto payload = repetitive(3000);
  EXPECT_EQ(codec::deflate_message(payload, 8, 3), codec::deflate_message(payload, 9, 3));
  EXPECT_EQ(codec::deflate_message(payload, 99, 99), codec::deflate_message(payload, 15, 9));
  EXPECT_EQ(codec::deflate_message(payload, 15, -1), codec::deflate_message(payload, 15, 1));
}

TEST(deflate, threads_do_not_disturb_each_other) {
  const auto payload = repetitive(20000);
  const auto expected = codec::deflate_message(payload);
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n)
        right += codec::deflate_message(payload) == expected ? 1 : 0;
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(right, 200);
}
