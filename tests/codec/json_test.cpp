#include "codec/json.hpp"
#include "random_value.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdlib>

using namespace towncrier;

namespace {

std::string to_json(const model::value& x) {
  std::string out;
  codec::append_json(out, x);
  return out;
}

std::string number_text(double x) {
  std::string out;
  codec::append_json_number(out, x);
  return out;
}

/// Whether another reader finds in `theirs` what was meant by `ours`.
bool same(const model::value& ours, const rapidjson::Value& theirs) {
  if (ours.is_null())
    return theirs.IsNull();
  if (const auto* x = ours.get_if<bool>())
    return theirs.IsBool() && theirs.GetBool() == *x;
  if (const auto* x = ours.get_if<std::int64_t>())
    return theirs.IsInt64() && theirs.GetInt64() == *x;
  if (const auto* x = ours.get_if<std::uint64_t>())
    return theirs.IsUint64() && theirs.GetUint64() == *x;
  if (const auto* x = ours.get_if<double>())
    return theirs.IsDouble() && theirs.GetDouble() == *x;
  if (const auto* x = ours.get_if<std::string>())
    return theirs.IsString() && std::string_view{theirs.GetString(), theirs.GetStringLength()} == *x;
  if (const auto* xs = ours.get_if<model::array>()) {
    if (!theirs.IsArray() || theirs.Size() != xs->size())
      return false;
    return std::equal(xs->begin(), xs->end(), theirs.Begin(), same);
  }
  const auto& xs = *ours.get_if<model::object>();
  if (!theirs.IsObject() || theirs.MemberCount() != xs.size())
    return false;
  return std::equal(xs.begin(), xs.end(), theirs.MemberBegin(),
                    [](const auto& x, const auto& y) { return same(x.first, y.name) && same(x.second, y.value); });
}

} // namespace

TEST(json, reads_back_what_it_wrote) {
  test::value_source source{1};
  for (int i = 0; i < 3000; ++i) {
    const auto x = source.value(4);
    const auto text = to_json(x);
    const auto back = codec::parse_json(text);
    ASSERT_TRUE(back) << back.error() << '\n' << text;
    ASSERT_EQ(*back, x) << text;
  }
}

TEST(json, is_understood_by_another_reader) {
  test::value_source source{2};
  for (int i = 0; i < 3000; ++i) {
    const auto x = source.value(4);
    rapidjson::Document document;
    document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>(to_json(x).c_str());
    ASSERT_FALSE(document.HasParseError()) << to_json(x);
    ASSERT_TRUE(same(x, document)) << to_json(x);
  }
}

TEST(json, reads_numbers_as_the_standard_library_does) {
  test::value_source source{3};
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    for (auto n = 1 + source.below(25); n > 0; --n)
      text += static_cast<char>('0' + (text.empty() ? 1 + source.below(9) : source.below(10)));
    text += '.';
    for (auto n = 1 + source.below(25); n > 0; --n)
      text += static_cast<char>('0' + source.below(10));
    text += "e" + std::to_string(static_cast<int>(source.below(600)) - 320);
    const auto expected = std::strtod(text.c_str(), nullptr);
    const auto x = codec::parse_json(text);
    if (!std::isfinite(expected)) {
      ASSERT_FALSE(x) << text;
    } else {
      ASSERT_TRUE(x) << text;
      ASSERT_EQ(x->number_or(-1), expected) << text;
    }
  }
}

TEST(json, writes_the_shortest_number_that_reads_back) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1795378422.637), "1795378422.637");
  EXPECT_EQ(number_text(-2.5e-7), "-2.5e-07");
  EXPECT_EQ(number_text(5e-324), "5e-324");
  EXPECT_EQ(number_text(1.7976931348623157e308), "1.7976931348623157e+308");
}

TEST(json, keeps_floating_point_numbers_apart_from_integers) {
  EXPECT_EQ(number_text(1), "1.0");
  EXPECT_EQ(number_text(-0.0), "-0.0");
  EXPECT_EQ(number_text(1e20), "1e+20");
  EXPECT_EQ(*codec::parse_json("1.0"), model::value{1.0});
  EXPECT_EQ(*codec::parse_json("1"), model::value{1});
}

TEST(json, reads_integers_to_the_ends_of_64_bits) {
  EXPECT_EQ(*codec::parse_json("9223372036854775807"), model::value{INT64_MAX});
  EXPECT_EQ(*codec::parse_json("-9223372036854775808"), model::value{INT64_MIN});
  EXPECT_EQ(*codec::parse_json("18446744073709551615"), model::value{UINT64_MAX});
  EXPECT_EQ(*codec::parse_json("18446744073709551616"), model::value{18446744073709551616.0});
}

TEST(json, escapes_what_it_must_and_nothing_else) {
  for (int c = 0; c < 0x80; ++c) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'a');
      text[at] = static_cast<char>(c);
      const auto json = to_json(text);
      const auto plain = c >= 0x20 && c != '"' && c != '\\';
      ASSERT_EQ(json.size() == text.size() + 2, plain) << c;
      ASSERT_EQ(*codec::parse_json(json), model::value{text}) << c;
    }
  }
  EXPECT_EQ(to_json("\"\\\b\f\n\r\t\v/"), R"("\"\\\b\f\n\r\t\u000b/")");
}

TEST(json, reads_escapes) {
  const auto x = codec::parse_json(R"("\u0041\u00e9\ud83d\ude00\/\n\u0000")");
  EXPECT_EQ(*x, std::string_view("A\u00e9\U0001F600/\n\0", 10));
}

TEST(json, keeps_the_order_of_members) {
  const auto text = R"({"b":1,"a":[true,null,{}],"c":{"z":"","y":[]}})";
  EXPECT_EQ(to_json(*codec::parse_json(text)), text);
}

TEST(json, allows_white_space_around_everything) {
  EXPECT_EQ(to_json(*codec::parse_json(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n")), R"({"a":[1,2]})");
}
