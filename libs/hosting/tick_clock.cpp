#include "hosting/tick_clock.hpp"

#include <chrono>

namespace towncrier::hosting {

namespace {

/// Nanoseconds a tick, times 2^32.
std::uint64_t measure_clock() noexcept {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  const auto first = ticks();
  while (clock::now() - begin < std::chrono::milliseconds{4}) {
  }
  const auto nanoseconds = static_cast<double>((clock::now() - begin).count());
  return static_cast<std::uint64_t>(nanoseconds / static_cast<double>(ticks() - first) * 4294967296.0);
}

} // namespace

std::uint64_t nanoseconds_of(std::uint64_t x) noexcept {
  static const auto factor = measure_clock();
  __extension__ using wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<wide>(x) * factor) >> 32U);
}

} // namespace towncrier::hosting
