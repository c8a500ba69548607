#pragma once

#include "flow/time.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace towncrier::flow {

/// The number of a node's life, and the epochs that it gives. A number counts in milliseconds, and begins with the wall
/// clock where nothing is known of earlier lives; a life gives epochs from its number on, one more each millisecond. So
/// that a later life begins above all of them, whatever the wall clock says then, a number above those that may have
/// been given is kept outside the process (in etcd, in a file), and moved on before it is reached. From any thread.
class life_number {
public:
  life_number(std::uint64_t incarnation, time_point began) : incarnation_(incarnation), began_(began) {}

  /// Of a new life: above `kept`, which is what was kept of the lives before; 0: nothing.
  static std::uint64_t next(std::uint64_t wall_milliseconds, std::uint64_t kept) noexcept {
    return std::max(wall_milliseconds, kept + 1);
  }

  std::uint64_t incarnation() const noexcept { return incarnation_; }

  /// The least epoch that may be given now: above those that this node gave away and has forgotten since.
  std::uint64_t least(time_point now) const {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_);
    return incarnation_ + static_cast<std::uint64_t>(passed.count());
  }

  /// Gives an epoch, at least `above` + 1: another node may have given that, and be ahead.
  std::uint64_t give(std::uint64_t above, time_point now) {
    const auto result = std::max(above + 1, least(now));
    auto known = given_.load();
    while (known < result && !given_.compare_exchange_weak(known, result)) {
    }
    return result;
  }

  /// What is to be kept: no epoch is above it for some time from now.
  std::uint64_t reserve(time_point now) const { return highest(now) + reserved_ahead; }

  /// Whether `kept` has to be moved on.
  bool is_due(std::uint64_t kept, time_point now) const { return kept < highest(now) + reserved_ahead / 2; }

  /// Milliseconds: without etcd for longer than half of it, epochs pass what is kept.
  static constexpr std::uint64_t reserved_ahead = 600'000;

private:
  std::uint64_t highest(time_point now) const { return std::max(least(now), given_.load()); }

  std::uint64_t incarnation_;
  time_point began_;
  std::atomic<std::uint64_t> given_{0};
};

} // namespace towncrier::flow
