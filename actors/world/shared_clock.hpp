#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::world {

/// What the world nodes of a cluster agree on, kept in etcd: which town it is, and how its time runs. Every one of them
/// lives through the whole town by it and tells of the characters that it owns.
struct shared_clock {
  std::uint64_t seed = 1;
  std::uint64_t characters = 0;
  /// Simulated seconds a second.
  double rate = 0;
  bool paused = false;
  /// At this moment (milliseconds since the Unix epoch) so many simulated seconds had passed.
  std::uint64_t wall = 0;
  double simulated = 0;

  /// The simulated seconds that have passed at `at`, milliseconds since the Unix epoch.
  double simulated_at(std::uint64_t at) const noexcept;

  /// The same town from `at` on, where it stands then.
  shared_clock from(std::uint64_t at) const noexcept;

  std::string to_json() const;
  /// Empty for what `to_json` did not write.
  static std::optional<shared_clock> parse(std::string_view json);

  friend bool operator==(const shared_clock&, const shared_clock&) = default;
};

} // namespace towncrier::world
