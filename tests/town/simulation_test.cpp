#include "town_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

std::string to_text(const model::value& x) {
  if (const auto* members = x.get_if<model::object>()) {
    std::string result;
    for (const auto& [key, y] : *members)
      result += fmt::format("{}={};", key, to_text(y));
    return result;
  }
  if (const auto* list = x.get_if<model::array>()) {
    std::string result;
    for (const auto& y : *list)
      result += to_text(y) + ",";
    return result;
  }
  const auto* text = x.get_if<std::string>();
  return text ? *text : fmt::format("{}", x.number_or(-1));
}

std::string to_text(const model::character_input& x) {
  return fmt::format("{} {} {} {} {:.3f} {:.3f} {}\n", static_cast<int>(x.kind), x.id.text, x.state.value_or(""),
                     x.location.value_or(""), x.place->x, x.place->y, x.attributes ? to_text(*x.attributes) : "-");
}

std::string to_text(const model::event_input& x) { return x.event_type + " " + to_text(x.data) + "\n"; }

/// Everything that is told in `hours`, in steps of `step`.
std::string history(std::uint64_t seed, std::size_t characters, std::chrono::duration<double> step, int hours) {
  simulation town{built_in_town(), seed, characters};
  std::string result;
  const auto note = [&](const outcome& x) {
    for (const auto& y : x.changes)
      result += to_text(y);
    for (const auto& y : x.events)
      result += to_text(y);
  };
  note(town.initial());
  for (auto left = std::chrono::duration<double>{hours * 1h}; left.count() > 0; left -= step)
    note(town.step(std::min(step, left)));
  return result;
}

/// The same without the positions of walkers: only what people begin to do, and the events.
std::string deeds(std::uint64_t seed, std::chrono::duration<double> step, int hours) {
  simulation town{built_in_town(), seed, 40};
  std::map<std::string, std::string> states;
  for (const auto& x : town.initial().changes)
    states[x.id.text] = *x.state;
  std::string changes;
  std::string events;
  for (auto left = std::chrono::duration<double>{hours * 1h}; left.count() > 1e-9; left -= step) {
    const auto told = town.step(std::min(step, left));
    for (const auto& x : told.changes)
      if (x.attributes || states[x.id.text] != *x.state) {
        states[x.id.text] = *x.state;
        changes += to_text(x);
      }
    for (const auto& x : told.events)
      events += to_text(x);
  }
  return changes + events;
}

/// The line of `x` where `y` departs from it; empty when they are the same.
std::string first_difference(const std::string& x, const std::string& y) {
  if (x == y)
    return {};
  const auto at = static_cast<std::size_t>(std::mismatch(x.begin(), x.end(), y.begin(), y.end()).first - x.begin());
  const auto begin = x.rfind('\n', at) + 1;
  return x.substr(begin, x.find('\n', at) - begin) + " (differs)";
}

} // namespace

TEST(town_simulation, one_seed_is_one_history) {
  const auto told = history(5, 60, 10s, 24);
  EXPECT_GT(told.size(), 100'000u);
  EXPECT_EQ(first_difference(told, history(5, 60, 10s, 24)), "");
}

TEST(town_simulation, another_seed_is_another_history) {
  EXPECT_NE(first_difference(history(5, 60, 10s, 4), history(6, 60, 10s, 4)), "");
}

TEST(town_simulation, what_people_do_does_not_depend_on_the_length_of_steps) {
  const auto expected = deeds(3, 10s, 30);
  EXPECT_GT(expected.size(), 100'000u);
  EXPECT_EQ(first_difference(deeds(3, 700ms, 30), expected), "");
  EXPECT_EQ(first_difference(deeds(3, 1234567ms, 30), expected), "");
  EXPECT_EQ(first_difference(deeds(3, 30h, 30), expected), "");
}

TEST(town_simulation, skipping_leads_to_the_same_present) {
  simulation watched{built_in_town(), 9, 50};
  simulation skipped{built_in_town(), 9, 50};
  for (int i = 0; i < 26 * 360; ++i)
    static_cast<void>(watched.step(10s));
  skipped.skip(26h);
  EXPECT_EQ(skipped.clock().hour_and_minute(), "09:30");
  EXPECT_EQ(skipped.clock().day, 2u);
  const auto xs = watched.initial().changes;
  const auto ys = skipped.initial().changes;
  ASSERT_EQ(xs.size(), ys.size());
  for (std::size_t i = 0; i < xs.size(); ++i)
    EXPECT_EQ(to_text(xs[i]), to_text(ys[i]));
}

TEST(town_simulation, begins_by_telling_everything_of_everyone) {
  const simulation town{built_in_town(), 1, 24};
  const auto begin = town.initial();
  ASSERT_EQ(begin.changes.size(), 24u);
  for (const auto& x : begin.changes) {
    EXPECT_EQ(x.kind, model::change_kind::update);
    EXPECT_TRUE(x.name && x.state && x.location && x.place && x.attributes);
    for (const auto* key : {"job", "home", "goal", "mood", "energy", "money"})
      EXPECT_TRUE(model::find(*x.attributes, key)) << key;
  }
  EXPECT_EQ(begin.changes.front().id.text, "ada-smith");
  ASSERT_FALSE(begin.events.empty());
  EXPECT_EQ(begin.events.front().event_type, "new_day");
}

TEST(town_simulation, takes_the_first_written_characters_when_fewer_are_asked_for) {
  for (const std::size_t count : {0u, 1u, 5u}) {
    simulation town{built_in_town(), 1, count};
    ASSERT_EQ(town.size(), count);
    const auto begin = town.initial();
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_EQ(begin.changes[i].name, built_in_town().residents[i].name);
    EXPECT_GT(town.step(48h).events.size(), 2u);
  }
}

TEST(town_simulation, ten_thousand_people_have_names_of_their_own) {
  simulation town{built_in_town(), 1, 10'000};
  std::set<std::string> ids;
  std::set<std::string> names;
  std::set<std::string> homes;
  for (const auto& x : town.initial().changes) {
    ids.insert(x.id.text);
    names.insert(*x.name);
    homes.insert(*model::find(*x.attributes, "home")->get_if<std::string>());
    EXPECT_LE(x.name->size(), 40u) << *x.name;
  }
  EXPECT_EQ(ids.size(), 10'000u);
  EXPECT_EQ(names.size(), 10'000u);
  EXPECT_GT(homes.size(), 2'000u);
  EXPECT_TRUE(ids.contains("ada-smith"));
  EXPECT_GT(town.step(10s).changes.size(), 10u);
}

TEST(town_simulation, knows_everyone_by_id_as_they_are_now) {
  simulation town{built_in_town(), 1, 24};
  town.skip(20h);
  const auto wilma = town.find({"wilma-grey"});
  ASSERT_TRUE(wilma);
  EXPECT_EQ(wilma->name, "Wilma Grey");
  EXPECT_EQ(to_text(*wilma), to_text(town.initial().changes[4]));
  EXPECT_FALSE(town.find({"nobody"}));
}

TEST(town_simulation, stands_still_when_no_time_passes) {
  simulation town{built_in_town(), 1, 24};
  for (const auto seconds : {0.0, -5.0, std::numeric_limits<double>::quiet_NaN()}) {
    const auto told = town.step(std::chrono::duration<double>{seconds});
    EXPECT_TRUE(told.changes.empty() && told.events.empty());
  }
  EXPECT_EQ(town.clock().hour_and_minute(), "07:30");
}

TEST(town_simulation, loses_no_time_to_short_steps) {
  simulation town{built_in_town(), 1, 3};
  for (int i = 0; i < 36'000; ++i)
    static_cast<void>(town.step(std::chrono::duration<double>{0.1}));
  EXPECT_EQ(town.clock().time, 8h + 30min);
}

} // namespace towncrier::town
