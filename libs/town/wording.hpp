#pragma once

#include "town/almanac.hpp"
#include "town/dice.hpp"
#include "town/person.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace towncrier::town {

/// "at the forge".
std::string at_spot(const spot& x);

/// What is done on the way to a habit: "walking to the market to buy a loaf of bread".
std::string on_the_way(const person& who, const std::vector<spot>& spots, spot_index to, activity what);

/// "planning the day: work at the forge, shopping at the market".
std::string plan_of(const person& who, const std::vector<spot>& spots);

/// "writing the diary: talked with Ada Smith, bought a loaf of bread, earned 24 pence".
std::string diary_of(const person& who, const std::vector<person>& people);

/// Something to do when there is nothing to do, in such a place.
std::string_view pastime(place_kind kind, dice& chance);

/// "cheerful", "tired", ...
std::string_view mood_of(const person& who) noexcept;

/// "two", for 2 and for 14; "midnight" for 0 and "noon" for 12.
std::string_view hour_word(int hour) noexcept;

/// "1 penny", "4 pence".
std::string pence(std::int64_t x);

/// With a capital letter at its beginning.
std::string capitalized(std::string text);

/// How a talk may end.
struct ending {
  std::string_view word;
  /// With `{0}` and `{1}` for the two.
  std::string_view sentence;
  /// What it does to the spirits of both.
  int spirits;
};

/// One of the ways in which a talk ends.
const ending& pick_ending(dice& chance);

} // namespace towncrier::town
