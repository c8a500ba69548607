#pragma once

#include <chrono>
#include <cstdint>

namespace towncrier::load {

inline constexpr std::uint64_t second = 1'000'000'000;

/// Nanoseconds of a steady clock.
inline std::uint64_t now_ns() noexcept {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1});
}

} // namespace towncrier::load
