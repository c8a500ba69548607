#pragma once

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace towncrier::hosting {

/// A clock that is read for every message: the processor's time stamp counter where there is one, which costs a third
/// of a call of `steady_clock`. In ticks of its own.
inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// Ticks as nanoseconds. The first call measures the clock, for some milliseconds.
std::uint64_t nanoseconds_of(std::uint64_t ticks) noexcept;

} // namespace towncrier::hosting
