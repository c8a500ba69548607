#pragma once

#include "flow/time.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace towncrier::flow {

/// Gathers elements until there are enough of them or the first has waited long enough, whichever is first.
template <class T>
class batch_window {
public:
  struct options {
    /// 0 is taken for 1.
    std::size_t max_size = 100;
    duration max_wait = std::chrono::milliseconds{100};
  };

  explicit batch_window(options x) noexcept : options_{std::max<std::size_t>(x.max_size, 1), x.max_wait} {}

  /// Gives whether the batch is full and should be taken now. Elements added to a full batch are kept, too.
  bool add(T x, time_point now) {
    if (items_.empty())
      due_ = now + options_.max_wait;
    items_.push_back(std::move(x));
    return items_.size() >= options_.max_size;
  }

  /// When the batch must be taken even if it is not full; nothing while there are no elements.
  std::optional<time_point> due() const noexcept { return items_.empty() ? std::nullopt : std::optional{due_}; }

  /// Everything gathered, in order; may be empty.
  std::vector<T> take() { return std::exchange(items_, {}); }

  std::size_t size() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.empty(); }

private:
  options options_;
  std::vector<T> items_;
  time_point due_;
};

} // namespace towncrier::flow
