#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::town {

/// A moment of the simulation: since the midnight before day 1.
using instant = std::chrono::milliseconds;

/// A time of day: since midnight, below 24 hours.
using time_of_day = std::chrono::minutes;

/// What the town's clock shows. Days are counted from 1 and change at midnight.
struct town_time {
  std::uint64_t day = 1;
  std::chrono::seconds time{0};

  /// For example `07:30`.
  std::string hour_and_minute() const;
};

/// What the clock shows at `t`.
town_time read_clock(instant t) noexcept;

/// Reads `HH:MM`, from 00:00 to 23:59. Empty for anything else.
std::optional<time_of_day> parse_time_of_day(std::string_view text) noexcept;

} // namespace towncrier::town
