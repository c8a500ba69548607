#pragma once

#include "hosting/tick_clock.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <typeinfo>

namespace towncrier::hosting {

/// A number that one thread writes and others read.
template <class T>
class cell {
public:
  void set(T x) noexcept { value_.store(x, std::memory_order_relaxed); }
  void add(T n = 1) noexcept { set(static_cast<T>(get() + n)); }
  T get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<T> value_{};
};

/// Names a kind of actor: the index of its name.
using kind_id = std::uint16_t;
inline constexpr std::size_t max_kinds = 64;

/// Durations by powers of two: the first bucket ends at 1,024 ns, each further one at twice the one before.
class duration_histogram {
public:
  static constexpr std::size_t buckets = 22;

  void add(std::uint64_t nanoseconds) noexcept {
    const auto at = static_cast<std::size_t>(std::bit_width(nanoseconds >> 10));
    counts_[at < buckets ? at : buckets - 1].add();
    sum_.add(nanoseconds);
  }

  std::uint64_t count(std::size_t bucket) const noexcept { return counts_[bucket].get(); }
  std::uint64_t sum() const noexcept { return sum_.get(); }

  /// Where a bucket ends, in seconds; the last one has no end.
  static constexpr double end(std::size_t bucket) noexcept {
    return 1024e-9 * static_cast<double>(std::uint64_t{1} << bucket);
  }

private:
  std::array<cell<std::uint64_t>, buckets> counts_;
  cell<std::uint64_t> sum_;
};

/// What one thread did as actors of one kind.
struct kind_counters {
  cell<std::uint64_t> spawned;
  cell<std::uint64_t> ended;
  cell<std::uint64_t> restarts;
  cell<std::uint64_t> handled;
  cell<std::uint64_t> skipped;
  duration_histogram busy;   ///< in handlers
  duration_histogram waited; ///< in mailboxes, of one message in 64
};

/// What is counted of one actor. Small, because there may be a hundred thousand. Written by the thread that runs the
/// actor, but for `enqueued` and `sample`, which any sender may write.
struct actor_counters {
  /// In the mailbox, and what became of it.
  std::atomic<std::uint64_t> enqueued{0};
  cell<std::uint64_t> consumed;
  /// Calls past the mailbox: a hub's into its connections.
  cell<std::uint64_t> direct;
  /// In handlers, in ticks.
  cell<std::uint64_t> busy;
  /// When the handler that runs now began, in ticks; 0: none runs.
  cell<std::uint64_t> running_since;
  cell<std::uint32_t> skipped;
  cell<std::uint32_t> peak;
  /// How long the last message that was timed had waited, in microseconds.
  cell<std::uint32_t> last_wait;
  /// Milliseconds after the program began.
  std::uint32_t spawned = 0;
  /// The first element of the last message.
  cell<const std::type_info*> last_type;
  cell<std::uint64_t> last_atom;
  /// A message in the mailbox whose waiting is timed.
  std::atomic<const void*> sample{nullptr};
  std::atomic<std::uint64_t> sampled_at{0};

  std::uint64_t depth() const noexcept {
    const auto done = consumed.get();
    const auto all = enqueued.load(std::memory_order_relaxed);
    return all > done ? all - done : 0;
  }
};

} // namespace towncrier::hosting
