#include "town_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace towncrier::town {

namespace {

using testing::AllOf;
using testing::HasSubstr;

/// What is wrong with the built-in town once `from` is replaced by `to`; and the line where that stands.
struct spoilt {
  std::string error;
  std::string line;
};

spoilt spoil(const std::string& from, const std::string& to) {
  auto text = town_text();
  const auto found = text.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  if (found == std::string::npos)
    return {};
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(found), '\n') + 1;
  text.replace(found, from.size(), to);
  const auto read = load_definition(text);
  return {read ? "" : read.error(), "line " + std::to_string(line) + ":"};
}

/// Expects an error that names the line of the change.
template <class Matcher>
void expect_fault(const std::string& from, const std::string& to, const Matcher& words) {
  const auto [error, line] = spoil(from, to);
  EXPECT_THAT(error, AllOf(HasSubstr(line), words)) << "after changing " << from << " to " << to;
}

/// Expects an error that names any line: that of the table, or of the first one.
template <class Matcher>
void expect_fault_somewhere(const std::string& from, const std::string& to, const Matcher& words) {
  EXPECT_THAT(spoil(from, to).error, AllOf(HasSubstr("line "), words)) << "after changing " << from << " to " << to;
}

} // namespace

TEST(town_definition, the_built_in_town_is_sound_and_large_enough) {
  const auto read = load_definition(town_text());
  ASSERT_TRUE(read) << read.error();
  EXPECT_GE(read->residents.size(), 24u);
  EXPECT_GE(read->places.size(), 12u);
  EXPECT_EQ(read->name, "Hallowmere");
  EXPECT_EQ(read->starts_at, time_of_day{7 * 60 + 30});
}

TEST(town_definition, keeps_what_is_written) {
  const auto& town = built_in_town();
  const auto& ada = town.residents.front();
  EXPECT_EQ(ada.name, "Ada Smith");
  EXPECT_EQ(ada.habits.front().what, activity::wake);
  EXPECT_EQ(ada.habits.front().at, time_of_day{6 * 60 + 10});
  EXPECT_EQ(ada.habits[3].where, "Gilded Heron");
  const auto doctor = std::find_if(town.jobs.begin(), town.jobs.end(), [](auto& x) { return x.name == "doctor"; });
  ASSERT_NE(doctor, town.jobs.end());
  EXPECT_EQ(doctor->errands[3].purpose, "looking at a burnt thumb");
  EXPECT_EQ(doctor->errands[3].where, "Forge");
}

TEST(town_definition, refuses_text_that_is_no_toml) {
  const auto read = load_definition("[town]\nname = \"A\"\nwidth = = 3\n");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("line 3"));
}

TEST(town_definition, refuses_an_empty_text_and_says_what_is_missing) {
  const auto read = load_definition("");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), AllOf(HasSubstr("town"), HasSubstr("is missing")));
}

TEST(town_definition, names_the_key_the_line_and_what_is_allowed) {
  expect_fault_somewhere("kind = \"market\"", "kind = \"bazaar\"",
                         AllOf(HasSubstr("place.kind"), HasSubstr("\"bazaar\""), HasSubstr("allowed: home, market")));
  expect_fault("07:35 work", "07:35 toil",
               AllOf(HasSubstr("character.habits"), HasSubstr("\"toil\""), HasSubstr("allowed: wake, sleep")));
  expect_fault("06:10 wake", "26:10 wake", AllOf(HasSubstr("26:10 wake"), HasSubstr("HH:MM activity")));
  expect_fault("starts_at = \"07:30\"", "starts_at = \"7:30\"",
               AllOf(HasSubstr("town.starts_at"), HasSubstr("\"00:00\" to \"23:59\"")));
  expect_fault("width = 1000", "width = -5", AllOf(HasSubstr("town.width"), HasSubstr("a number from 1 to 100000")));
  expect_fault("wage = 6", "wage = \"six\"", AllOf(HasSubstr("job.wage"), HasSubstr("a whole number from 0")));
  expect_fault("roams = true", "roams = 1", AllOf(HasSubstr("job.roams"), HasSubstr("true or false")));
  expect_fault("\"a loaf of bread\" = 4", "\"a loaf of bread\" = 0", AllOf(HasSubstr("job.sells"), HasSubstr("pence")));
  expect_fault("points = [[80, 350]", "points = [[80, 350, 1]", AllOf(HasSubstr("street.points"), HasSubstr("[x, y]")));
}

TEST(town_definition, refuses_keys_that_are_not_known) {
  expect_fault("market_closes =", "market_shuts = \"18:00\"\nmarket_closes =",
               AllOf(HasSubstr("town.market_shuts"), HasSubstr("allowed:"), HasSubstr("market_closes")));
}

TEST(town_definition, refuses_keys_that_are_missing) {
  expect_fault_somewhere("height = 700", "", AllOf(HasSubstr("town.height"), HasSubstr("is missing")));
}

TEST(town_definition, refuses_names_that_nothing_has) {
  expect_fault_somewhere("home = \"Forge Cottage\"", "home = \"Forge Castle\"",
                         AllOf(HasSubstr("character.home"), HasSubstr("\"Forge Castle\""), HasSubstr("there are:")));
  expect_fault_somewhere("job = \"smith\"", "job = \"smyth\"", AllOf(HasSubstr("character.job"), HasSubstr("baker")));
  expect_fault("12:10 eat at Gilded Heron", "12:10 eat at Gilded Hero", HasSubstr("no place \"Gilded Hero\""));
  expect_fault("fetching charcoal at Watermill", "fetching charcoal", HasSubstr("names no place"));
  expect_fault("fetching charcoal at Watermill", "fetching charcoal at Mine", HasSubstr("no place \"Mine\""));
  expect_fault_somewhere("workplaces = [\"Forge\"]", "workplaces = [\"Mine\"]", HasSubstr("job.workplaces"));
  expect_fault_somewhere("routine = \"craft day\"", "routine = \"holiday\"",
                         AllOf(HasSubstr("job.routine"), HasSubstr("\"holiday\""), HasSubstr("night shift")));
}

TEST(town_definition, refuses_names_that_are_there_twice) {
  expect_fault_somewhere("name = \"Bakery\"", "name = \"Forge\"", HasSubstr("\"Forge\" is there twice"));
  expect_fault_somewhere("name = \"Bruno Oakes\"", "name = \"ada smith\"", HasSubstr("\"ada smith\" is there twice"));
}

TEST(town_definition, refuses_names_that_no_channel_could_hold) {
  expect_fault_somewhere("name = \"Bakery\"", "name = \"" + std::string(257, 'x') + "\"",
                         HasSubstr("place.name: has 257 bytes; allowed: at most 256"));
}

TEST(town_definition, refuses_streets_that_lead_nowhere) {
  expect_fault_somewhere("points = [[480, 340], [465, 240], [480, 130]]",
                         "points = [[481, 341], [465, 240], [470, 200]]",
                         AllOf(HasSubstr("\"Church Hill\" cannot be reached"), HasSubstr("exactly the same point")));
  expect_fault_somewhere("points = [[480, 340], [465, 240], [480, 130]]", "points = [[480, 340]]",
                         HasSubstr("at least 2 points"));
  expect_fault_somewhere("[465, 240], [480, 130]]", "[480, 340], [480, 130]]", HasSubstr("same point twice"));
  expect_fault_somewhere("[465, 240], [480, 130]]", "[465, 840], [480, 130]]", HasSubstr("leaves the map"));
}

TEST(town_definition, refuses_places_that_cannot_be_reached) {
  expect_fault_somewhere("x = 285\ny = 430", "x = 310\ny = 250",
                         HasSubstr("from the nearest street; allowed: up to 60 m"));
  expect_fault_somewhere("x = 285\ny = 430", "x = 1285\ny = 430", HasSubstr("off the map"));
}

TEST(town_definition, refuses_days_that_cannot_be_lived) {
  expect_fault_somewhere("\"22:00 sleep\"]", "\"22:00 rest\"]", HasSubstr("a \"wake\" and a \"sleep\""));
  expect_fault_somewhere("\"06:40 eat\", \"07:35 work\"", "\"07:35 work\", \"06:40 eat\"",
                         HasSubstr("order of the day"));
  expect_fault_somewhere("\"06:40 eat\", \"07:35 work\"", "\"07:35 eat\", \"07:35 work\"",
                         HasSubstr("at the same time"));
  expect_fault_somewhere("market_closes = \"17:00\"", "market_closes = \"07:00\"", HasSubstr("town.market_closes"));
}

TEST(town_definition, never_ends_the_process_whatever_the_text) {
  const auto text = town_text();
  for (std::size_t cut = 0; cut < text.size(); cut += 997)
    static_cast<void>(load_definition(text.substr(0, cut)));
  for (const auto* odd : {"town = 3", "[[town]]", "place = [1]", "[[place]]\nname = [\"a\"]", "names = []"})
    EXPECT_FALSE(load_definition(odd)) << odd;
}

} // namespace towncrier::town
