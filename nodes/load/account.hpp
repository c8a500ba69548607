#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace towncrier::load {

/// What became of the messages of one viewer, or the sum of several.
struct tally {
  std::uint64_t given = 0;     ///< messages of the test that came
  std::uint64_t missing = 0;   ///< events that should have come and did not
  std::uint64_t told = 0;      ///< events that the server said it dropped, by `lag`
  std::uint64_t conflated = 0; ///< states that the server said it skipped, by `lag`
  std::uint64_t doubled = 0;   ///< events that came again, or late
  std::uint64_t fallen = 0;    ///< states that were older than what the viewer knew
  std::uint64_t stale = 0;     ///< characters whose last state is not the one published last

  tally& operator+=(const tally& x) noexcept;

  /// Events that nobody spoke of.
  std::uint64_t lost() const noexcept { return missing > told ? missing - told : 0; }
};

/// Checks what one viewer is given against what was published: messages 1, 2, 3, ... of which number n, in a test of
/// states, is of character n modulo their number.
class account {
public:
  /// `characters`: 0 in a test of events.
  explicit account(std::size_t characters = 0) : latest_(characters) {}

  /// Number `n` came. Whether it is new to this viewer.
  bool take(std::uint32_t n) noexcept;

  /// Numbers `first` to `last` came. False, and nothing done, if they are not just what is due in a test of events:
  /// each of them has to be taken by itself.
  bool take_run(std::uint32_t first, std::uint32_t last) noexcept;

  void take_lag(std::uint64_t conflated, std::uint64_t dropped_events) noexcept;

  /// The server said that it cannot go on where the viewer was: what is missing next is known to be.
  void skip() noexcept { skips_ = true; }

  /// Nothing up to `n` will come.
  void begin_after(std::uint32_t n) noexcept { last_ = n; }

  /// Whether the viewer has everything up to `n`, the last one published.
  bool complete(std::uint32_t n) const noexcept;

  /// The sum, where `n` was the last one published.
  tally result(std::uint32_t n) const noexcept;

private:
  std::uint32_t expected_latest(std::size_t character, std::uint32_t n) const noexcept;

  tally sum_;
  std::uint32_t last_ = 0;
  bool skips_ = false;
  std::vector<std::uint32_t> latest_;
};

} // namespace towncrier::load
