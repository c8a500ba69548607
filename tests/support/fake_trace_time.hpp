#pragma once

#include "hosting/traced_turn.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tracing/board.hpp"

#include <chrono>
#include <thread>

namespace towncrier::support {

/// While it lives, traces run by the clock of a fixture, and an actor that was slowed down (`hosting::slow_down`)
/// spends time on that clock; and a little on ours, so that it is also counted.
class fake_trace_time {
public:
  explicit fake_trace_time(actor_fixture& x) {
    of_ = &x;
    hosting::use_trace_clock([] {
      return std::int64_t{1'700'000'000'000'000'000} +
             std::chrono::duration_cast<std::chrono::nanoseconds>(of_->now().time_since_epoch()).count();
    });
    hosting::spend_time_by([](std::chrono::milliseconds time) {
      of_->spend(time);
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    });
  }

  ~fake_trace_time() {
    hosting::use_trace_clock(nullptr);
    hosting::spend_time_by(nullptr);
    hosting::slow_down({}, std::chrono::milliseconds{0});
  }

  fake_trace_time(const fake_trace_time&) = delete;
  fake_trace_time& operator=(const fake_trace_time&) = delete;

private:
  static inline actor_fixture* of_ = nullptr;
};

/// Has everything of `subject` followed, by the trace number 1.
inline void watch(tracing::board& board, std::string subject, std::int64_t count = 100) {
  board.watch({{1, std::move(subject), std::make_shared<std::atomic<std::int64_t>>(count)}});
}

} // namespace towncrier::support
