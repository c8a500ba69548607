#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace towncrier::load {

/// Counts durations in buckets whose width is at most 1/64 of what they hold: the log-linear buckets of
/// Gil Tene's HdrHistogram. Up to some 18 minutes; what is longer counts as that.
class histogram {
public:
  void add(std::uint64_t nanoseconds) noexcept;

  /// The duration that the part `p` (0 to 1) of all does not exceed, in nanoseconds, at most 1/64 too long; 0 when
  /// nothing was counted.
  std::uint64_t percentile(double p) const noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }
  void clear() noexcept { *this = {}; }

private:
  static constexpr unsigned precision_bits = 6;
  static constexpr unsigned value_bits = 40;
  static constexpr std::size_t buckets = (value_bits - precision_bits + 1) << precision_bits;

  static std::size_t bucket_of(std::uint64_t x) noexcept;
  static std::uint64_t upper_end(std::size_t bucket) noexcept;

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

} // namespace towncrier::load
