#pragma once

#include "model/value.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::model {

/// Names a character. A publisher may write it as a string or as an integer; `7` and `"7"` name the same
/// character, and it is given back as it first came.
struct character_id {
  std::string text;
  bool integer = false;

  friend bool operator==(const character_id& x, const character_id& y) noexcept { return x.text == y.text; }
  friend std::strong_ordering operator<=>(const character_id& x, const character_id& y) noexcept {
    return x.text <=> y.text;
  }
};

/// A place on the map, in the simulation's own unit (metres in the built-in town).
struct point {
  double x = 0;
  double y = 0;

  friend bool operator==(const point&, const point&) = default;
};

/// Who wrote a state, and how often: states of one character are ordered by (epoch, version, owner).
/// A new owner takes a higher epoch; what two owners of one epoch wrote is told apart by their node's id, so that
/// every node keeps the same of them.
struct revision {
  std::uint64_t epoch = 0;
  std::uint64_t version = 0;
  /// The node that wrote it; not told to clients.
  std::string owner{};

  friend auto operator<=>(const revision&, const revision&) = default;
};

/// Everything known of one character at one revision.
struct character {
  character_id id;
  std::string name;
  std::string state;
  std::string location;
  std::optional<point> place;
  object attributes;
  revision rev;
  /// Seconds since the Unix epoch.
  double timestamp = 0;

  friend bool operator==(const character&, const character&) = default;
};

/// States are shared by everybody who has to send them, and never changed.
using character_ptr = std::shared_ptr<const character>;

} // namespace towncrier::model

template <>
struct std::hash<towncrier::model::character_id> {
  std::size_t operator()(const towncrier::model::character_id& x) const noexcept {
    return std::hash<std::string>{}(x.text);
  }
};
