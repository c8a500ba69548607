#include "nodes/load/pacer.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace towncrier::load {

pacer::pacer(double rate, std::size_t in_flight)
    : interval_(rate > 0 ? 1e9 / rate : 0), in_flight_(static_cast<std::uint32_t>(in_flight)),
      awaited_(rate > 0 ? 0 : std::bit_ceil(in_flight + 1)) {}

std::uint64_t pacer::due(std::uint64_t now) const noexcept {
  if (interval_ > 0)
    return begun_ + static_cast<std::uint64_t>(interval_ * last_);
  return last_ - done_ < in_flight_ ? now : std::numeric_limits<std::uint64_t>::max();
}

void pacer::published(std::size_t viewers) {
  ++last_;
  if (!awaited_.empty())
    awaited_[last_ & (awaited_.size() - 1)] = static_cast<std::uint32_t>(viewers);
}

void pacer::reached(std::uint32_t first, std::uint32_t last) noexcept {
  if (awaited_.empty() || last <= done_ || first > last_)
    return;
  const auto mask = awaited_.size() - 1;
  const auto end = std::min(last, last_);
  for (auto n = std::max(first, done_ + 1); n <= end; ++n)
    if (auto& left = awaited_[n & mask]; left != 0)
      --left;
  while (done_ < last_ && awaited_[(done_ + 1) & mask] == 0)
    ++done_;
}

} // namespace towncrier::load
