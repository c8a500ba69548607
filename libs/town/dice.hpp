#pragma once

#include "town/town_time.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace towncrier::town {

/// Chance from a seed. The generator is the one the standard defines bit by bit; the distributions are our
/// own, because the standard leaves its own to each library and one seed has to be one history everywhere.
class dice {
public:
  explicit dice(std::uint64_t seed) : source_(seed) {}

  /// A whole number from 0 to `n` - 1, each as likely as any other. Precondition: `n` > 0.
  std::uint64_t below(std::uint64_t n) {
    const auto limit = UINT64_MAX - UINT64_MAX % n;
    auto x = source_();
    while (x >= limit)
      x = source_();
    return x % n;
  }

  /// A number from 0 to just under 1, of 53 random bits.
  double unit() { return static_cast<double>(source_() >> 11) * 0x1.0p-53; }

  /// A number from `low` to just under `high`.
  double between(double low, double high) { return low + (high - low) * unit(); }

  /// A duration from `low` to `high`, to the millisecond.
  instant between(instant low, instant high) {
    return low + instant{static_cast<instant::rep>(below(static_cast<std::uint64_t>((high - low).count()) + 1))};
  }

  /// Whether something of probability `p` happens.
  bool chance(double p) { return unit() < p; }

  /// One of `xs`. Precondition: there is one.
  template <class T>
  const T& pick(const std::vector<T>& xs) {
    return xs[below(xs.size())];
  }

private:
  std::mt19937_64 source_;
};

} // namespace towncrier::town
