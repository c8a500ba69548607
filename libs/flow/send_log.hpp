#pragma once

#include "flow/fifo.hpp"
#include "flow/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace towncrier::flow {

/// What a node said, kept for peers that come back or lag: its own batches by sequence (1, 2, 3, ...), bounded by bytes
/// and by age, one copy for all peers. `Payload` is cheap to copy.
template <class Payload>
class send_log {
public:
  struct options {
    std::size_t max_bytes = 64 * 1024 * 1024;
    duration max_age = std::chrono::minutes{2};
  };

  struct record {
    std::uint64_t sequence = 0;
    Payload payload;
    std::size_t bytes = 0;
    time_point at;
    /// Bytes and events said up to and with this one, since the beginning.
    std::uint64_t total_bytes = 0;
    std::uint64_t total_events = 0;
  };

  explicit send_log(options x) noexcept : options_(x) {}

  /// Keeps the next batch. Precondition: `sequence` is one more than the last.
  void append(std::uint64_t sequence, Payload x, std::size_t bytes, std::uint64_t events, time_point now) {
    last_ = sequence;
    total_bytes_ += bytes;
    total_events_ += events;
    records_.push({sequence, std::move(x), bytes, now, total_bytes_, total_events_});
    bytes_ += bytes;
    while (bytes_ > options_.max_bytes)
      drop_oldest();
    evict(now);
  }

  /// Drops what is older than `max_age`.
  void evict(time_point now) {
    while (!records_.empty() && now - records_.front().at > options_.max_age)
      drop_oldest();
  }

  /// Whether everything after `sequence` is here.
  bool reaches(std::uint64_t sequence) const noexcept { return sequence >= evicted_ && sequence <= last_; }

  /// How many bytes were said after `sequence`. Precondition: `reaches(sequence)`. O(1).
  std::uint64_t bytes_after(std::uint64_t sequence) const noexcept { return total_bytes_ - upto(sequence).total_bytes; }

  /// How many events were said up to and with `sequence`. Precondition: `reaches(sequence)`. O(1).
  std::uint64_t events_upto(std::uint64_t sequence) const noexcept { return upto(sequence).total_events; }

  /// The records after `sequence` that are still here, oldest first: at least one when there is any, and no more than
  /// `max_bytes` of them otherwise.
  std::vector<record> after(std::uint64_t sequence, std::size_t max_bytes = SIZE_MAX) const {
    std::vector<record> out;
    std::size_t sum = 0;
    for (auto i = index_after(sequence); i < records_.size(); ++i) {
      const auto& x = at(i);
      sum += x.bytes;
      if (!out.empty() && sum > max_bytes)
        break;
      out.push_back(x);
    }
    return out;
  }

  std::uint64_t last() const noexcept { return last_; }
  /// All events ever said.
  std::uint64_t events() const noexcept { return total_events_; }
  /// The events that were said up to the newest batch that is not here any more.
  std::uint64_t evicted_events() const noexcept { return evicted_totals_.total_events; }
  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return records_.size(); }

private:
  struct totals {
    std::uint64_t total_bytes = 0;
    std::uint64_t total_events = 0;
  };

  const record& at(std::size_t i) const noexcept { return *(records_.begin() + static_cast<std::ptrdiff_t>(i)); }

  std::size_t index_after(std::uint64_t sequence) const noexcept {
    return sequence <= evicted_ ? 0 : static_cast<std::size_t>(std::min(sequence, last_) - evicted_);
  }

  totals upto(std::uint64_t sequence) const noexcept {
    if (sequence <= evicted_)
      return evicted_totals_;
    const auto& x = at(index_after(sequence) - 1);
    return {x.total_bytes, x.total_events};
  }

  void drop_oldest() {
    const auto x = records_.pop();
    bytes_ -= x.bytes;
    evicted_ = x.sequence;
    evicted_totals_ = {x.total_bytes, x.total_events};
  }

  options options_;
  fifo<record> records_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t evicted_ = 0;
  std::uint64_t total_bytes_ = 0;
  std::uint64_t total_events_ = 0;
  totals evicted_totals_;
};

} // namespace towncrier::flow
