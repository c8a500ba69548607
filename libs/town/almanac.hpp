#pragma once

#include "town/definition.hpp"
#include "town/town_time.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace towncrier::town {

/// What a day is like.
enum class weather : std::uint8_t { sunny, cloudy, windy, foggy, rainy };

/// One day's weather. On a rainy day it rains from `rain_begins` to `rain_ends`, both of this day.
struct day_weather {
  weather kind = weather::sunny;
  instant rain_begins{0};
  instant rain_ends{0};

  bool raining(instant t) const noexcept { return t >= rain_begins && t < rain_ends; }
};

/// What the town itself does at a fixed time.
enum class town_event : std::uint8_t { midnight, new_day, market_opens, market_closes, bell, rain_begins, rain_ends };

struct agenda_item {
  instant at;
  town_event what;
};

/// When a day is announced.
inline constexpr time_of_day dawn{6 * 60};

/// The weather of a day: the same for the same seed, whatever was asked before.
day_weather foretell(std::uint64_t seed, std::uint64_t day);

/// What the town does on a day, in order.
std::vector<agenda_item> agenda_of(const definition& town, std::uint64_t day, const day_weather& sky);

/// "sunny", "cloudy", ...
std::string_view to_string(weather x) noexcept;

/// What the sky looks like at `t`, as a thing to talk about: "the sunshine", "the stars".
std::string_view look_of(const day_weather& sky, instant t) noexcept;

/// What the sky looks like as the crier puts it: "A fine day", "Fog".
std::string_view headline_of(const day_weather& sky, instant t) noexcept;

} // namespace towncrier::town
