#pragma once

#include "flow/time.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace towncrier::flow {

/// Lets one line of a kind through in an interval, and counts those that it holds back meanwhile.
class log_pace {
public:
  explicit log_pace(duration interval = std::chrono::minutes{1}) : interval_(interval) {}

  /// Something happened that deserves a line. Gives how many lines were held back since the last one when this one may
  /// be written now; nothing when it may not.
  std::optional<std::size_t> admit(time_point now) noexcept {
    if (last_ && now - *last_ < interval_) {
      ++held_back_;
      return std::nullopt;
    }
    last_ = now;
    return std::exchange(held_back_, 0);
  }

private:
  duration interval_;
  std::optional<time_point> last_;
  std::size_t held_back_ = 0;
};

} // namespace towncrier::flow
