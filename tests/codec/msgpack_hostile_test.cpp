#include "codec/msgpack.hpp"
#include "random_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace towncrier;
using namespace std::string_view_literals;
using testing::HasSubstr;

namespace {

std::string to_msgpack(const model::value& x) {
  std::string out;
  codec::append_msgpack(out, x);
  return out;
}

std::string error_of(std::string_view bytes) {
  const auto x = codec::parse_msgpack(bytes);
  return x ? "(none)" : x.error();
}

/// Arrays of one element inside each other, around a number.
std::string nested(std::size_t depth) { return std::string(depth, '\x91') + '\x01'; }

} // namespace

TEST(msgpack_hostile, refuses_every_truncation) {
  const auto bytes = to_msgpack(test::value_source{9}.object(3));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_THAT(error_of(bytes.substr(0, size)), HasSubstr("ends in the middle of a value")) << size;
}

TEST(msgpack_hostile, survives_every_flipped_bit_and_gives_only_what_it_can_write) {
  const auto bytes = to_msgpack(test::value_source{10}.object(3));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    if (const auto x = codec::parse_msgpack(damaged)) {
      ASSERT_EQ(*codec::parse_msgpack(to_msgpack(*x)), *x);
    }
  }
}

TEST(msgpack_hostile, claims_of_four_billion_cost_nothing) {
  for (const auto bytes : {"\xDD\xFF\xFF\xFF\xFF"sv, "\xDF\xFF\xFF\xFF\xFF"sv, "\xDB\xFF\xFF\xFF\xFF"sv,
                           "\xC6\xFF\xFF\xFF\xFF"sv, "\xC9\xFF\xFF\xFF\xFF"sv, "\xDD\xFF\xFF\xFF\xFF\x01"sv,
                           "\xDF\xFF\xFF\xFF\xFF\xA1x\x01"sv, "\xDB\xFF\xFF\xFF\xFFx"sv})
    EXPECT_FALSE(codec::parse_msgpack(bytes));
}

TEST(msgpack_hostile, counts_depth) {
  EXPECT_TRUE(codec::parse_msgpack(nested(32)));
  EXPECT_THAT(error_of(nested(33)), HasSubstr("more than 32 arrays and objects inside each other"));
  EXPECT_FALSE(codec::parse_msgpack(nested(100000)));
  EXPECT_FALSE(codec::parse_msgpack("\x81\xA1x\x81\xA1x\x80"sv, 2));
  EXPECT_FALSE(codec::parse_msgpack("\x90"sv, 0));
}

TEST(msgpack_hostile, refuses_what_json_cannot_hold) {
  EXPECT_THAT(error_of("\xC4\x01x"sv), HasSubstr("binary"));
  EXPECT_THAT(error_of("\xC4\0"sv), HasSubstr("binary"));
  EXPECT_THAT(error_of("\xD4\x01x"sv), HasSubstr("extension"));
  EXPECT_THAT(error_of("\xC7\0\x01"sv), HasSubstr("extension"));
  EXPECT_THAT(error_of("\xC1"sv), HasSubstr("begins no value"));
}

TEST(msgpack_hostile, refuses_numbers_that_are_not_finite) {
  for (const auto bytes : {"\xCB\x7F\xF0\0\0\0\0\0\0"sv, "\xCB\xFF\xF0\0\0\0\0\0\0"sv, "\xCB\x7F\xF8\0\0\0\0\0\0"sv,
                           "\xCA\x7F\x80\0\0"sv, "\xCA\x7F\xC0\0\0"sv})
    EXPECT_THAT(error_of(bytes), HasSubstr("not finite"));
}

TEST(msgpack_hostile, refuses_keys_that_are_not_strings) {
  for (const auto bytes : {"\x81\x01\x01"sv, "\x81\xC0\x01"sv, "\x81\xC3\x01"sv, "\x81\x90\x01"sv, "\x81\x80\x01"sv,
                           "\x81\xFF\x01"sv, "\x81\xCA\0\0\0\0\x01"sv, "\x81\x91\xA1x\x01"sv})
    EXPECT_THAT(error_of(bytes), HasSubstr("a map key that is not a string"));
  EXPECT_FALSE(codec::parse_msgpack("\x81\xC4\x01x\x01"sv));
}

TEST(msgpack_hostile, refuses_repeated_keys) {
  EXPECT_THAT(error_of("\x82\xA1x\x01\xA1x\x02"sv), HasSubstr("the key 'x' stands twice"));
  EXPECT_THAT(error_of("\x82\xA1x\x01\xD9\x01x\x02"sv), HasSubstr("the key 'x' stands twice"));
  EXPECT_THAT(error_of("\x82\xA0\x01\xA0\x02"sv), HasSubstr("the key '' stands twice"));
}

TEST(msgpack_hostile, refuses_text_that_is_not_utf8) {
  EXPECT_THAT(error_of("\xA1\xFF"sv), HasSubstr("UTF-8"));
  EXPECT_THAT(error_of("\xA3\xED\xA0\x80"sv), HasSubstr("UTF-8"));
  EXPECT_THAT(error_of("\x81\xA1\xFF\x01"sv), HasSubstr("UTF-8"));
}

TEST(msgpack_hostile, refuses_more_bytes_after_the_value) {
  EXPECT_EQ(error_of("\x01\x02"sv), "not valid MessagePack at byte 1: more bytes after the value");
  EXPECT_THAT(error_of("\x80\0"sv), HasSubstr("more bytes"));
}

TEST(msgpack_hostile, refuses_no_bytes_at_all) { EXPECT_THAT(error_of({}), HasSubstr("ends in the middle")); }

TEST(msgpack_hostile, survives_random_bytes) {
  test::value_source source{11};
  for (int i = 0; i < 200000; ++i) {
    std::string bytes;
    for (auto n = source.below(40); n > 0; --n)
      bytes += static_cast<char>(source.below(256));
    if (const auto x = codec::parse_msgpack(bytes)) {
      ASSERT_EQ(*codec::parse_msgpack(to_msgpack(*x)), *x);
    }
  }
}
