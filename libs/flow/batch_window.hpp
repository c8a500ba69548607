#pragma once

#include "flow/time.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace towncrier::flow {

/// Gathers elements until there are enough of them or it is time to take them, whichever is first. Batches are taken at
/// most once in `max_wait`: so the first element after a quiet time is due at once, and what follows is gathered until
/// `max_wait` has passed since the last batch was taken. No element waits for longer than `max_wait`.
template <class T>
class batch_window {
public:
  struct options {
    /// 0 is taken for 1.
    std::size_t max_size = 100;
    /// Between two batches that are not full.
    duration max_wait = std::chrono::milliseconds{100};
  };

  explicit batch_window(options x) noexcept : options_{std::max<std::size_t>(x.max_size, 1), x.max_wait} {}

  /// Gives whether the batch is full and should be taken now. Elements added to a full batch are kept, too.
  bool add(T x, time_point now) {
    if (items_.empty())
      due_ = taken_ ? std::max(now, *taken_ + options_.max_wait) : now;
    items_.push_back(std::move(x));
    return items_.size() >= options_.max_size;
  }

  /// When the batch must be taken even if it is not full; nothing while there are no elements.
  std::optional<time_point> due() const noexcept { return items_.empty() ? std::nullopt : std::optional{due_}; }

  /// Everything gathered, in order; may be empty.
  std::vector<T> take(time_point now) {
    taken_ = now;
    return std::exchange(items_, {});
  }

  duration max_wait() const noexcept { return options_.max_wait; }
  std::size_t size() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.empty(); }

private:
  options options_;
  std::vector<T> items_;
  time_point due_;
  std::optional<time_point> taken_; ///< when the last batch was taken
};

} // namespace towncrier::flow
