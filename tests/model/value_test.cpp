#include "model/value.hpp"

#include <gtest/gtest.h>

using namespace towncrier;

TEST(value, equal_integers_are_equal_whatever_their_sign_type) {
  EXPECT_EQ(model::value{7}, model::value{std::uint64_t{7}});
  EXPECT_EQ(model::value{std::int64_t{INT64_MAX}}, model::value{std::uint64_t{INT64_MAX}});
  EXPECT_NE(model::value{UINT64_MAX}, model::value{-1});
  EXPECT_NE(model::value{7}, model::value{7.0});
}

TEST(value, a_literal_is_text_and_not_a_boolean) {
  ASSERT_NE(model::value{"x"}.get_if<std::string>(), nullptr);
  ASSERT_NE(model::value{std::string_view{"x"}}.get_if<std::string>(), nullptr);
  ASSERT_NE(model::value{true}.get_if<bool>(), nullptr);
}

TEST(value, names_its_kind) {
  EXPECT_EQ(model::value{}.kind(), "null");
  EXPECT_EQ(model::value{true}.kind(), "a boolean");
  EXPECT_EQ(model::value{-1}.kind(), "a number");
  EXPECT_EQ(model::value{UINT64_MAX}.kind(), "a number");
  EXPECT_EQ(model::value{1.5}.kind(), "a number");
  EXPECT_EQ(model::value{"x"}.kind(), "a string");
  EXPECT_EQ(model::value{model::array{}}.kind(), "an array");
  EXPECT_EQ(model::value{model::object{}}.kind(), "an object");
}

TEST(value, finds_members_of_objects_only) {
  const model::value x = model::object{{"a", 1}, {"b", 2}};
  EXPECT_EQ(*x.find("b"), model::value{2});
  EXPECT_EQ(x.find("c"), nullptr);
  EXPECT_EQ(model::value{"a"}.find("a"), nullptr);
  EXPECT_EQ(model::value{model::array{"a"}}.find("a"), nullptr);
}

TEST(value, gives_any_number_as_a_double) {
  EXPECT_EQ(model::value{-3}.number_or(9), -3.0);
  EXPECT_EQ(model::value{UINT64_MAX}.number_or(9), 18446744073709551615.0);
  EXPECT_EQ(model::value{1.5}.number_or(9), 1.5);
  EXPECT_EQ(model::value{"1"}.number_or(9), 9.0);
  EXPECT_EQ(model::value{true}.number_or(9), 9.0);
}

TEST(object, set_replaces_in_place_and_adds_at_the_end) {
  model::object xs{{"a", 1}, {"b", 2}};
  model::set(xs, "a", "new");
  model::set(xs, "c", 3);
  EXPECT_EQ(xs, (model::object{{"a", "new"}, {"b", 2}, {"c", 3}}));
}
