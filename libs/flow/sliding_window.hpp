#pragma once

#include "flow/fifo.hpp"
#include "flow/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace towncrier::flow {

/// Admits at most `max_messages` within any span of `window`, exactly: a sliding window log, not buckets, so no
/// burst of twice the limit passes where two buckets meet. What was admitted at `t` counts until `t + window`,
/// exclusively. Holds one entry (16 bytes) for each distinct time, so at most `max_messages` of them.
class sliding_window {
public:
  struct options {
    std::size_t max_messages = 100;
    duration window = std::chrono::seconds{60};
  };

  explicit sliding_window(options x) noexcept : options_(x) {}

  /// Counts `weight` messages at `now` and gives nothing, or counts none and gives how long the caller must wait
  /// until they fit, if nothing else is admitted meanwhile. A weight above `max_messages` never fits and is told
  /// to wait a whole window. O(log n). A `now` before an earlier one is taken for the earlier one.
  std::optional<duration> admit(time_point now, std::size_t weight = 1);

  /// How many messages count at `now`, at most `max_messages`.
  std::size_t used(time_point now) const noexcept;

  /// Whether nothing counts any more: a window that is idle is as good as a new one.
  bool idle(time_point now) const noexcept { return used(now) == 0; }

private:
  /// `total`: the messages ever admitted up to and including this entry.
  struct entry {
    time_point at;
    std::uint64_t total = 0;
  };

  bool counts(const entry& x, time_point now) const noexcept { return now - x.at < options_.window; }
  void forget_until(time_point now);
  void note(time_point now, std::size_t weight);
  duration until_free(time_point now, std::size_t needed) const;

  options options_;
  fifo<entry> entries_;
  std::uint64_t admitted_ = 0;
  /// The messages that were admitted and no longer have an entry.
  std::uint64_t forgotten_ = 0;
};

} // namespace towncrier::flow
