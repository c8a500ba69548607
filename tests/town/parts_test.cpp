#include "town/dice.hpp"
#include "town/names.hpp"
#include "town/town_time.hpp"

#include <gtest/gtest.h>

#include <set>

namespace towncrier::town {

using namespace std::chrono_literals;

TEST(town_time, shows_the_day_and_the_time_of_day) {
  const auto clock = read_clock(instant{24h + 7h + 5min + 59s});
  EXPECT_EQ(clock.day, 2u);
  EXPECT_EQ(clock.hour_and_minute(), "07:05");
  EXPECT_EQ(read_clock(instant{24h} - 1ms).day, 1u);
  EXPECT_EQ(read_clock(instant{24h}).day, 2u);
}

TEST(town_time, reads_only_hours_and_minutes) {
  EXPECT_EQ(parse_time_of_day("23:59"), time_of_day{23 * 60 + 59});
  EXPECT_EQ(parse_time_of_day("00:00"), time_of_day{0});
  for (const auto* bad : {"", "7:30", "24:00", "12:60", "12-30", "12:3", "12:345", "ab:cd", "-1:00"})
    EXPECT_FALSE(parse_time_of_day(bad)) << bad;
}

TEST(town_dice, roll_the_same_on_every_machine) {
  dice x{1};
  EXPECT_EQ(x.below(1'000'000), 2469588189546311528u % 1'000'000);
  EXPECT_EQ(x.below(1'000'000), 2516265689700432462u % 1'000'000);
}

TEST(town_dice, stay_within_bounds_and_reach_them) {
  dice x{7};
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(x.below(6));
    const auto y = x.between(2.0, 3.0);
    EXPECT_TRUE(y >= 2 && y < 3);
    const auto z = x.between(instant{1ms}, instant{3ms});
    EXPECT_TRUE(z >= 1ms && z <= 3ms);
  }
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(town_names, become_readable_ids) {
  EXPECT_EQ(id_from_name("Ada Smith"), "ada-smith");
  EXPECT_EQ(id_from_name("Mary O'Neil"), "mary-oneil");
  EXPECT_EQ(id_from_name("  J. R.  Hartley 2nd! "), "j-r-hartley-2nd");
  EXPECT_EQ(id_from_name("---"), "");
}

TEST(town_names, are_never_given_twice_even_when_they_run_short) {
  const std::vector<std::string> first = {"Ann", "Bea", "Cid"};
  const std::vector<std::string> last = {"Fox", "Hay"};
  name_book book{first, last};
  book.take("Bea Fox");
  std::set<std::string> ids = {"bea-fox"};
  for (std::size_t i = 0; i < 400; ++i) {
    const auto name = book.invent(i % 2);
    EXPECT_TRUE(ids.insert(id_from_name(name)).second) << name;
    EXPECT_TRUE(name.ends_with(last[i % 2])) << name;
  }
}

} // namespace towncrier::town
