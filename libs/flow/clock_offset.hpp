#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace towncrier::flow {

/// When a message of another's left it, when the last one of ours had come there, and when that had left us.
/// Microseconds: `origin` of our clock, the others of theirs.
struct clock_stamps {
  std::int64_t origin = 0; ///< 0: nothing of ours had come yet
  std::int64_t received = 0;
  std::int64_t sent = 0;
};

/// How another's clock stands to ours, measured as NTP does (RFC 5905, sections 8 and 10): from both halves of a round
/// trip, by the quickest of the last eight. Neither of the clocks may be set meanwhile, so they are steady ones.
class clock_offset {
public:
  /// A message came at `now`, of our clock.
  void take(const clock_stamps& x, std::int64_t now) noexcept {
    const auto delay = (now - x.origin) - (x.sent - x.received);
    if (x.origin == 0 || delay < 0)
      return;
    samples_[count_++ % samples_.size()] = {((x.received - x.origin) + (x.sent - now)) / 2, delay};
  }

  /// What it says ahead of what ours says, in microseconds; empty: not known yet.
  std::optional<std::int64_t> offset() const noexcept {
    return count_ == 0 ? std::nullopt : std::optional{quickest().offset};
  }

  /// The offset is not further off than this: half of the round trip.
  std::int64_t error() const noexcept { return count_ == 0 ? 0 : quickest().delay / 2; }

  void reset() noexcept { count_ = 0; }

private:
  struct sample {
    std::int64_t offset = 0;
    std::int64_t delay = 0;
  };

  const sample& quickest() const noexcept {
    const auto end = samples_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, samples_.size()));
    return *std::min_element(samples_.begin(), end, [](const auto& a, const auto& b) { return a.delay < b.delay; });
  }

  std::array<sample, 8> samples_{};
  std::size_t count_ = 0;
};

} // namespace towncrier::flow
