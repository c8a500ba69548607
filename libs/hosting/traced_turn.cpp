#include "hosting/traced_turn.hpp"

#include <chrono>

namespace towncrier::hosting {

namespace {

/// Of the wall clock as it was when it was asked first: times are subtracted from each other, and must not jump when it
/// is set.
std::int64_t system_nanoseconds() {
  using namespace std::chrono;
  static const auto ahead = system_clock::now().time_since_epoch() - steady_clock::now().time_since_epoch();
  return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch() + ahead).count();
}

std::atomic<std::int64_t (*)()> clock_in_use{system_nanoseconds};

} // namespace

std::int64_t trace_clock() noexcept { return clock_in_use.load(std::memory_order_relaxed)(); }

void use_trace_clock(std::int64_t (*clock)()) noexcept {
  clock_in_use.store(clock == nullptr ? system_nanoseconds : clock, std::memory_order_relaxed);
}

traced_turn::traced_turn(const actor_watch& who) noexcept
    : who_(who), outer_(std::exchange(current_, this)), began_(trace_clock()) {}

traced_turn::~traced_turn() {
  current_ = outer_;
  if (notes_.empty())
    return;
  const auto ended = trace_clock();
  for (auto& [owner, notes] : notes_)
    notes->finish(ended, outer_);
}

} // namespace towncrier::hosting
