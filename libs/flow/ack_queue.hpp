#pragma once

#include "flow/fifo.hpp"
#include "flow/time.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace towncrier::flow {

/// Things that are kept until somebody has acknowledged a batch, each for a limited time only: a peer that is slow or
/// stalled must not hold them for ever. Batches are pushed in the order of their sequence numbers.
template <class T>
class ack_queue {
public:
  /// Keeps `x` until `sequence` is acknowledged, or until `deadline`.
  void push(std::uint64_t sequence, T x, time_point deadline) { entries_.push({sequence, deadline, std::move(x)}); }

  /// Lets go of everything that was kept for `sequence` and the batches before it.
  void acknowledge(std::uint64_t sequence) {
    while (!entries_.empty() && entries_.front().sequence <= sequence)
      entries_.pop();
  }

  /// Lets go of everything whose deadline has come.
  void expire(time_point now) {
    while (!entries_.empty() && entries_.front().deadline <= now)
      entries_.pop();
  }

  void clear() noexcept { entries_.clear(); }

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

private:
  struct entry {
    std::uint64_t sequence = 0;
    time_point deadline;
    T what;
  };

  fifo<entry> entries_;
};

} // namespace towncrier::flow
