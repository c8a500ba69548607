#include "codec/json.hpp"
#include "codec/utf8.hpp"
#include "random_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

using namespace towncrier;
using testing::HasSubstr;

namespace {

std::string to_json(const model::value& x) {
  std::string out;
  codec::append_json(out, x);
  return out;
}

std::string error_of(std::string_view text) {
  const auto x = codec::parse_json(text);
  return x ? "(none)" : x.error();
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

} // namespace

TEST(json_hostile, refuses_every_truncation) {
  const auto text = to_json(test::value_source{4}.object(3));
  for (std::size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(codec::parse_json(text.substr(0, size))) << size;
}

TEST(json_hostile, survives_every_flipped_bit_and_gives_only_what_it_can_write) {
  const auto text = to_json(test::value_source{5}.object(3));
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    auto damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    if (const auto x = codec::parse_json(damaged)) {
      ASSERT_EQ(*codec::parse_json(to_json(*x)), *x) << damaged;
    }
  }
}

TEST(json_hostile, counts_depth) {
  EXPECT_TRUE(codec::parse_json(nested(32)));
  EXPECT_THAT(error_of(nested(33)), HasSubstr("more than 32 arrays and objects inside each other"));
  EXPECT_TRUE(codec::parse_json(nested(5), 5));
  EXPECT_FALSE(codec::parse_json(nested(6), 5));
  EXPECT_FALSE(codec::parse_json(R"({"a":{"b":{}}})", 2));
  EXPECT_FALSE(codec::parse_json("[]", 0));
  EXPECT_TRUE(codec::parse_json("1", 0));
}

TEST(json_hostile, refuses_a_hundred_thousand_levels) {
  EXPECT_FALSE(codec::parse_json(nested(100000)));
  EXPECT_FALSE(codec::parse_json(std::string(100000, '[')));
  std::string objects;
  for (int i = 0; i < 100000; ++i)
    objects += R"({"a":)";
  EXPECT_FALSE(codec::parse_json(objects));
}

TEST(json_hostile, refuses_repeated_keys_in_small_and_big_objects) {
  EXPECT_THAT(error_of(R"({"a":1,"b":2,"a":3})"), HasSubstr("the key 'a' stands twice"));
  EXPECT_THAT(error_of(R"({"a":1,"\u0061":3})"), HasSubstr("the key 'a' stands twice"));
  std::string big = "{";
  for (int i = 0; i < 1000; ++i)
    big += '"' + std::to_string(i) + "\":0,";
  EXPECT_TRUE(codec::parse_json(big + R"("x":0})"));
  EXPECT_THAT(error_of(big + R"("500":0})"), HasSubstr("the key '500' stands twice"));
}

TEST(json_hostile, many_keys_cost_no_more_than_sorting_them) {
  std::string text = "{";
  for (int i = 0; i < 300000; ++i)
    text += '"' + std::to_string(i) + "\":0,";
  EXPECT_TRUE(codec::parse_json(text + R"("x":0})"));
}

TEST(json_hostile, refuses_text_that_is_not_utf8) {
  for (const std::string_view text : {"\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xC3\"", "{\"\x80\":1}"})
    EXPECT_THAT(error_of(text), HasSubstr("UTF-8"));
}

TEST(json_hostile, refuses_lone_surrogates) {
  for (const std::string_view text : {R"("\ud800")", R"("\ud800x")", R"("\ud800\ud800")", R"("\ud800\u0041")",
                                      R"("\udc00")", R"("\udfff\ud800")", R"({"\udc00":1})"})
    EXPECT_FALSE(codec::parse_json(text)) << text;
}

TEST(json_hostile, refuses_numbers_that_no_double_can_hold) {
  for (const std::string_view text : {"1e309", "-1e309", "1e999999999999999999999", "NaN", "Infinity", "-Infinity"})
    EXPECT_FALSE(codec::parse_json(text)) << text;
  EXPECT_FALSE(codec::parse_json(std::string(400, '9')));
  EXPECT_FALSE(codec::parse_json("17976931348623159e292"));
  EXPECT_FALSE(codec::parse_json("0.1e400"));
}

TEST(json_hostile, tells_too_small_from_too_large_however_a_number_is_written) {
  const std::string zeros(330, '0');
  for (const auto& text : std::vector<std::string>{"0." + zeros + "1e1", "0." + zeros + "1", "0." + zeros + "1E+1",
                                                   "1e-400", "-0." + zeros + "1e1", "0e300"}) {
    const auto x = codec::parse_json(text);
    ASSERT_TRUE(x) << text << ": " << x.error();
    EXPECT_NEAR(x->number_or(1), 0, 1e-300) << text;
  }
  for (const auto& text : std::vector<std::string>{"1" + zeros, "-1" + zeros, "1" + zeros + "e-10", "0.0001e400",
                                                   "123456789e301", "0." + zeros + "1e999999999999999999999"})
    EXPECT_THAT(error_of(text), HasSubstr("a number that no double can hold")) << text;
  EXPECT_EQ(*codec::parse_json("0." + zeros + "1e331"), model::value{1.0});
  EXPECT_TRUE(std::signbit(codec::parse_json("-1e-400")->number_or(1)));
  EXPECT_TRUE(std::signbit(codec::parse_json("-0")->number_or(1)));
}

TEST(json_hostile, reads_numbers_of_any_length) {
  EXPECT_EQ(*codec::parse_json("0." + std::string(100000, '0') + "1"), model::value{0.0});
  EXPECT_EQ(*codec::parse_json("1." + std::string(100000, '0')), model::value{1.0});
  EXPECT_EQ(*codec::parse_json("1e-99999999999999"), model::value{0.0});
}

TEST(json_hostile, refuses_what_is_no_json) {
  for (const std::string_view text : {"",       " ",       "nul",         "tru",     "+1",      "01",
                                      "1.",     ".5",      "1e",          "-",       "0x10",    "'a'",
                                      "[1,]",   "[,1]",    "{\"a\":1,}",  "{a:1}",   "{\"a\"}", "[1 2]",
                                      "\"\n\"", "\"\\x\"", "\"\\u12g4\"", "// x\n1", "1 /* */", "]",
                                      "}",      "[}",      "{]",          "1 1",     "[] []",   "\xEF\xBB\xBF{}",
                                      "{1:2}"})
    EXPECT_FALSE(codec::parse_json(text)) << text;
}

TEST(json_hostile, refuses_anything_behind_a_nul) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(codec::parse_json("1\0"sv));
  EXPECT_FALSE(codec::parse_json("{}\0 garbage"sv));
  EXPECT_FALSE(codec::parse_json("[1,\0 2]"sv));
  EXPECT_FALSE(codec::parse_json("\"a\0b\""sv));
}

TEST(json_hostile, says_where_it_stumbled_and_why) {
  EXPECT_EQ(error_of("[1,2"), "not valid JSON at byte 4: Missing a comma or ']' after an array element");
  EXPECT_EQ(error_of("{}x"), "not valid JSON at byte 2: The document root must not be followed by other values");
}

TEST(json_hostile, errors_are_short_and_valid_text_themselves) {
  const auto key = '"' + std::string(1000, 'k') + "\":1";
  const auto error = error_of('{' + key + ',' + key + '}');
  EXPECT_LT(error.size(), 200U);
  EXPECT_TRUE(codec::is_utf8(error));
}
