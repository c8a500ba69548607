#include "nodes/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace towncrier::load {

std::size_t histogram::bucket_of(std::uint64_t x) noexcept {
  x = std::min(x, (std::uint64_t{1} << value_bits) - 1);
  if (x < (std::uint64_t{1} << precision_bits))
    return x;
  const auto shift = static_cast<unsigned>(std::bit_width(x)) - precision_bits - 1;
  return (std::size_t{shift + 1} << precision_bits) + ((x >> shift) - (std::uint64_t{1} << precision_bits));
}

std::uint64_t histogram::upper_end(std::size_t bucket) noexcept {
  const auto row = bucket >> precision_bits;
  if (row == 0)
    return bucket;
  const auto within = bucket & ((std::size_t{1} << precision_bits) - 1);
  return (((std::uint64_t{1} << precision_bits) + within + 1) << (row - 1)) - 1;
}

void histogram::add(std::uint64_t nanoseconds) noexcept {
  ++counts_[bucket_of(nanoseconds)];
  ++count_;
  max_ = std::max(max_, nanoseconds);
}

std::uint64_t histogram::percentile(double p) const noexcept {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(std::clamp(p, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted && seen != 0)
      return std::min(upper_end(i), max_);
  }
  return max_;
}

} // namespace towncrier::load
