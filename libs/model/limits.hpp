#pragma once

#include "model/character.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

/// What clients may say of names, places and times. A client is refused what lies beyond; what comes from a file is
/// too, and what comes from another node, whose version may know no such limits, is brought within them.
namespace towncrier::model {

/// The longest name of a character, a location or a kind of event, in bytes: what can be published can be watched.
inline constexpr std::size_t max_name_size = 256;

/// The furthest place in x and in y, either way: there a double still tells tenths of a thousandth apart, and no view
/// that has to show two places at once is spoilt by more.
inline constexpr double max_coordinate = 1e12;

/// The times that have a date, in seconds since the Unix epoch: from the year 1 to before the year 10000. Milliseconds
/// of our time lie beyond.
inline constexpr double min_timestamp = -62'135'596'800;
inline constexpr double end_of_timestamps = 253'402'300'800;

inline bool is_near(const point& p) noexcept {
  return std::abs(p.x) <= max_coordinate && std::abs(p.y) <= max_coordinate;
}

inline bool has_date(double timestamp) noexcept { return timestamp >= min_timestamp && timestamp < end_of_timestamps; }

inline point nearest_place(const point& p) noexcept {
  return {std::clamp(p.x, -max_coordinate, max_coordinate), std::clamp(p.y, -max_coordinate, max_coordinate)};
}

inline double nearest_timestamp(double x) noexcept { return std::clamp(x, min_timestamp, end_of_timestamps - 1); }

/// In a `character_input` alone: the character has no place any more. No client can say these numbers.
inline constexpr point no_place{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};

inline bool is_no_place(const point& p) noexcept { return std::isnan(p.x); }

} // namespace towncrier::model
