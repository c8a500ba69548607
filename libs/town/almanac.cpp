#include "town/almanac.hpp"

#include "town/dice.hpp"

#include <algorithm>
#include <array>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 5> words = {"sunny", "cloudy", "windy", "foggy", "rainy"};
constexpr std::array<std::string_view, 5> nouns = {"the sunshine", "the clouds", "the wind", "the fog", "the rain"};
constexpr std::array<std::string_view, 5> headlines = {"A fine day", "Clouds", "A stiff wind", "Fog", "Rain"};

constexpr instant midnight_of(std::uint64_t day) noexcept { return 24h * static_cast<instant::rep>(day - 1); }

bool has_church(const definition& town) noexcept {
  return std::any_of(town.places.begin(), town.places.end(),
                     [](const place& x) { return x.kind == place_kind::church; });
}

} // namespace

day_weather foretell(std::uint64_t seed, std::uint64_t day) {
  // Seeds next to each other and days next to each other must not give the same numbers: the odd constant
  // (2^64 divided by the golden ratio) spreads them.
  dice chance{seed + day * 0x9e3779b97f4a7c15};
  day_weather result;
  const auto draw = chance.below(20);
  result.kind = draw < 7    ? weather::sunny
                : draw < 11 ? weather::cloudy
                : draw < 14 ? weather::windy
                : draw < 16 ? weather::foggy
                            : weather::rainy;
  if (result.kind == weather::rainy) {
    result.rain_begins = midnight_of(day) + chance.between(instant{9h}, instant{15h});
    result.rain_ends = result.rain_begins + chance.between(instant{90min}, instant{5h});
  }
  return result;
}

std::vector<agenda_item> agenda_of(const definition& town, std::uint64_t day, const day_weather& sky) {
  const auto midnight = midnight_of(day);
  std::vector<agenda_item> result = {{midnight, town_event::midnight},
                                     {midnight + dawn, town_event::new_day},
                                     {midnight + town.market_opens, town_event::market_opens},
                                     {midnight + town.market_closes, town_event::market_closes}};
  for (auto hour = 0h; hour < 24h && has_church(town); hour += 3h)
    result.push_back({midnight + hour, town_event::bell});
  if (sky.kind == weather::rainy) {
    result.push_back({sky.rain_begins, town_event::rain_begins});
    result.push_back({sky.rain_ends, town_event::rain_ends});
  }
  std::stable_sort(result.begin(), result.end(), [](const auto& x, const auto& y) { return x.at < y.at; });
  return result;
}

std::string_view headline_of(const day_weather& sky, instant t) noexcept {
  const auto kind = sky.kind == weather::rainy && !sky.raining(t) ? weather::cloudy : sky.kind;
  return headlines[static_cast<std::size_t>(kind)];
}

std::string_view to_string(weather x) noexcept { return words[static_cast<std::size_t>(x)]; }

std::string_view look_of(const day_weather& sky, instant t) noexcept {
  const auto hour = std::chrono::floor<std::chrono::hours>(read_clock(t).time);
  if (sky.raining(t))
    return "the rain";
  if (sky.kind == weather::rainy)
    return "the clouds";
  if (sky.kind == weather::sunny && (hour < 5h || hour >= 21h))
    return "the stars";
  return nouns[static_cast<std::size_t>(sky.kind)];
}

} // namespace towncrier::town
