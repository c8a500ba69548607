#include "nodes/commands/inspection/text_width.hpp"

#include <gtest/gtest.h>

namespace towncrier::commands {

TEST(text_width, counts_columns_and_not_bytes) {
  EXPECT_EQ(display_width("bus-7"), 5u);
  EXPECT_EQ(display_width("Zürich"), 6u);
  EXPECT_EQ(display_width("東京"), 4u);
  EXPECT_EQ(display_width("e\u0301"), 1u) << "an accent that combines takes no column";
  EXPECT_EQ(display_width("🚌"), 2u);
  EXPECT_EQ(display_width("\xC3"), 1u) << "half a character";
}

TEST(text_width, cuts_between_characters) {
  EXPECT_EQ(cut("Zürich", 6), "Zürich");
  EXPECT_EQ(cut("Zürich", 3), "Zü~");
  EXPECT_EQ(cut("東京都", 4), "東~") << "half of a wide character cannot be shown";
  EXPECT_EQ(cut("x", 0), "");
}

TEST(text_width, fills_up_on_either_side) {
  EXPECT_EQ(fit_right("42", 5), "   42");
  EXPECT_EQ(fit_left("東京", 6), "東京  ");
  EXPECT_EQ(fit_right("1234567", 4), "123~");
}

TEST(text_width, numbers_take_six_columns_at_most) {
  for (double x = 0.4; x < 1e12; x *= 1.37) {
    EXPECT_LE(short_count(x).size(), 6u) << x;
    EXPECT_LE(short_time(x * 1e-7).size(), 6u) << x;
  }
  EXPECT_EQ(short_count(99'999), "99999");
  EXPECT_EQ(short_count(123'456), "123k");
  EXPECT_EQ(short_count(4.56e6), "4.6M");
  EXPECT_EQ(short_time(12e-6), "12us");
  EXPECT_EQ(short_time(0.0034), "3.4ms");
  EXPECT_EQ(short_time(5.6), "5.6s");
  EXPECT_EQ(short_time(600), "10m");
  EXPECT_EQ(short_time(7200), "2.0h");
}

} // namespace towncrier::commands
