#include "codec/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace towncrier;

namespace {

/// UTF-8 of a code point, whether it may be encoded or not.
std::string encoded(unsigned code) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80)
    return {static_cast<char>(code)};
  if (code < 0x800)
    return {static_cast<char>(0xC0 | (code >> 6)), tail(0)};
  if (code < 0x10000)
    return {static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
}

} // namespace

TEST(utf8, admits_every_character_and_no_surrogate) {
  for (unsigned code = 0; code < 0x110000; ++code)
    ASSERT_EQ(codec::is_utf8(encoded(code)), code < 0xD800 || code > 0xDFFF) << code;
}

TEST(utf8, refuses_what_lies_past_the_last_character) {
  for (unsigned code = 0x110000; code < 0x200000; code += 0x101)
    ASSERT_FALSE(codec::is_utf8(encoded(code))) << code;
}

TEST(utf8, refuses_overlong_forms) {
  for (const std::string_view text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF"})
    EXPECT_FALSE(codec::is_utf8(text));
}

TEST(utf8, refuses_a_fault_at_every_place_of_a_long_text) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    ASSERT_TRUE(codec::is_utf8(text));
    text[at] = '\xFF';
    ASSERT_FALSE(codec::is_utf8(text)) << at;
  }
}

TEST(utf8, refuses_characters_that_are_cut_off) {
  const std::string text = "abcdefgh\u00e9\u0800\U0001F600";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto whole = size <= 8 || size == 10 || size == 13 || size == 17;
    ASSERT_EQ(codec::is_utf8(std::string_view{text}.substr(0, size)), whole) << size;
  }
}

TEST(utf8, prefix_cuts_no_character_in_two) {
  const std::string text = "a\u00e9\u0800\U0001F600z";
  for (std::size_t size = 0; size <= text.size() + 1; ++size) {
    const auto front = codec::utf8_prefix(text, size);
    EXPECT_TRUE(codec::is_utf8(front));
    EXPECT_LE(front.size(), size);
    EXPECT_LT(std::min(size, text.size()) - front.size(), 4U);
    EXPECT_TRUE(text.starts_with(front));
  }
}
