#include "nodes/load/account.hpp"

#include <algorithm>

namespace towncrier::load {

tally& tally::operator+=(const tally& x) noexcept {
  given += x.given;
  missing += x.missing;
  told += x.told;
  conflated += x.conflated;
  doubled += x.doubled;
  fallen += x.fallen;
  stale += x.stale;
  return *this;
}

bool account::take(std::uint32_t n) noexcept {
  ++sum_.given;
  if (!latest_.empty()) {
    auto& known = latest_[n % latest_.size()];
    sum_.fallen += n < known;
    const bool fresh = n > known;
    known = std::max(known, n);
    last_ = std::max(last_, n);
    return fresh;
  }
  if (n <= last_) {
    ++sum_.doubled;
    return false;
  }
  if (!skips_)
    sum_.missing += n - last_ - 1;
  skips_ = false;
  last_ = n;
  return true;
}

bool account::take_run(std::uint32_t first, std::uint32_t last) noexcept {
  if (!latest_.empty() || first != last_ + 1 || last < first)
    return false;
  sum_.given += last - first + 1;
  skips_ = false;
  last_ = last;
  return true;
}

void account::take_lag(std::uint64_t conflated, std::uint64_t dropped_events) noexcept {
  sum_.conflated += conflated;
  sum_.told += dropped_events;
}

/// The newest number up to `n` that is of `character`; 0: there is none.
std::uint32_t account::expected_latest(std::size_t character, std::uint32_t n) const noexcept {
  const auto size = latest_.size();
  const auto behind = (n % size + size - character) % size;
  return behind > n ? 0 : n - static_cast<std::uint32_t>(behind);
}

bool account::complete(std::uint32_t n) const noexcept {
  if (latest_.empty())
    return last_ >= n;
  for (std::size_t i = 0; i < latest_.size(); ++i)
    if (latest_[i] < expected_latest(i, n))
      return false;
  return true;
}

tally account::result(std::uint32_t n) const noexcept {
  auto result = sum_;
  if (latest_.empty() && last_ < n && !skips_)
    result.missing += n - last_;
  for (std::size_t i = 0; i < latest_.size(); ++i)
    result.stale += latest_[i] != expected_latest(i, n);
  return result;
}

} // namespace towncrier::load
