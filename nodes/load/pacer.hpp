#pragma once

#include <cstdint>
#include <vector>

namespace towncrier::load {

/// Says when the next message is to be published: at a rate, or whenever few enough are on their way. Times are
/// nanoseconds of a steady clock.
class pacer {
public:
  /// `rate` in messages a second; where it is 0, `in_flight` messages may be on their way at a time.
  pacer(double rate, std::size_t in_flight);

  void begin(std::uint64_t now) noexcept { begun_ = now; }

  /// When the next message is due: now or earlier, or later. The time it should have gone is what its latency counts
  /// from, so that a server that holds the publisher up does not hide it.
  std::uint64_t due(std::uint64_t now) const noexcept;

  /// The next message goes to so many viewers.
  void published(std::size_t viewers);

  /// Number `n`, or each from `first` to `last`, reached one of them.
  void reached(std::uint32_t n) noexcept { reached(n, n); }
  void reached(std::uint32_t first, std::uint32_t last) noexcept;

  /// Viewers are gone: nothing is awaited any more.
  void forget() noexcept { done_ = last_; }

  std::uint32_t last() const noexcept { return last_; }

private:
  double interval_; // in nanoseconds; 0: by `in_flight_`
  std::uint32_t in_flight_;
  std::uint64_t begun_ = 0;
  std::uint32_t last_ = 0;
  std::uint32_t done_ = 0;             ///< everybody has all up to here
  std::vector<std::uint32_t> awaited_; ///< a ring: viewers that have not been reached
};

} // namespace towncrier::load
