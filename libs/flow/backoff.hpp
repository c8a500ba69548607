#pragma once

#include "flow/time.hpp"

#include <algorithm>
#include <random>

namespace towncrier::flow {

/// How long to wait before the next attempt: a random time between 0 and a ceiling that doubles with each attempt
/// up to `cap`, so that those who lost the same server do not all come back at the same moment. "Full jitter" of
/// Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
class backoff {
public:
  struct options {
    /// The ceiling of the first wait.
    duration base = std::chrono::milliseconds{100};
    duration cap = std::chrono::seconds{30};
  };

  backoff(options x, std::mt19937_64 generator) : options_(x), ceiling_(first()), generator_(generator) {}

  /// The wait before the next attempt, uniform in [0, min(cap, base * 2^attempts)].
  duration next() {
    using ticks = std::uniform_int_distribution<duration::rep>;
    const duration wait{ticks{0, ceiling_.count()}(generator_)};
    ceiling_ = ceiling_ > options_.cap / 2 ? options_.cap : ceiling_ * 2;
    return wait;
  }

  /// To be called after a success: the next wait is a first one again.
  void reset() noexcept { ceiling_ = first(); }

private:
  duration first() const noexcept { return std::clamp(options_.base, duration::zero(), std::max(options_.cap, {})); }

  options options_;
  duration ceiling_;
  std::mt19937_64 generator_;
};

} // namespace towncrier::flow
