#pragma once

#include "flow/time.hpp"

#include <algorithm>
#include <cstdint>

namespace towncrier::flow {

/// Whether something that failed should be tried at all: after `max_failures` in a row it opens and refuses for
/// `cool_down`; then it is half open and lets one attempt through, which closes it or opens it again. Michael Nygard,
/// "Release It!", 2007.
class circuit_breaker {
public:
  struct options {
    std::uint32_t max_failures = 5;
    duration cool_down = std::chrono::seconds{2};
  };

  enum class state : std::uint8_t { closed, open, half_open };

  explicit circuit_breaker(options x) noexcept : options_(x) {}

  /// Whether to try at `now`; a yes of a half-open breaker is given once.
  bool allow(time_point now) noexcept {
    if (now < closed_until_)
      return false;
    if (failures_ >= options_.max_failures)
      closed_until_ = now + options_.cool_down;
    return true;
  }

  void failed(time_point now) noexcept {
    if (++failures_ >= options_.max_failures)
      closed_until_ = now + options_.cool_down;
  }

  void succeeded() noexcept {
    failures_ = 0;
    closed_until_ = {};
  }

  state at(time_point now) const noexcept {
    if (failures_ < options_.max_failures)
      return state::closed;
    return now < closed_until_ ? state::open : state::half_open;
  }

  /// How long it still refuses; 0 when it does not.
  duration wait(time_point now) const noexcept { return std::max(closed_until_ - now, duration::zero()); }

  std::uint32_t failures() const noexcept { return failures_; }

private:
  options options_;
  std::uint32_t failures_ = 0;
  time_point closed_until_{}; // the door is shut until then
};

} // namespace towncrier::flow
