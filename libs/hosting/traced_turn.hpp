#pragma once

#include "hosting/actor_watch.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace towncrier::hosting {

/// How many nodes of this program follow messages now. Read once for every message that is handled: that is all what
/// tracing costs while nobody asks for it.
inline std::atomic<int> tracing_nodes{0};

inline bool traces_on() noexcept { return tracing_nodes.load(std::memory_order_relaxed) != 0; }

/// The clock of traces: nanoseconds since the Unix epoch.
std::int64_t trace_clock() noexcept;

/// Takes another clock from now on, for tests; nullptr: the system's again.
void use_trace_clock(std::int64_t (*clock)()) noexcept;

class traced_turn;

/// What was noted in a turn of an actor, and is worth telling when the turn is over.
class turn_notes {
public:
  virtual ~turn_notes() = default;

  /// The turn is over at `ended`. `outer`: what it was a part of; nullptr: of none.
  virtual void finish(std::int64_t ended, traced_turn* outer) = 0;
};

/// A turn of an actor while messages are followed: from before its handler begins until it has ended, on this thread.
/// A call of a hub into a connection is a turn within the hub's.
class traced_turn {
public:
  explicit traced_turn(const actor_watch& who) noexcept;
  ~traced_turn();
  traced_turn(const traced_turn&) = delete;
  traced_turn& operator=(const traced_turn&) = delete;

  /// The turn that runs on this thread; nullptr: none, or nobody follows anything.
  static traced_turn* current() noexcept { return current_; }

  const actor_watch& who() const noexcept { return who_; }
  std::int64_t began() const noexcept { return began_; }

  /// The notes of `owner` in this turn, made by `make` when they are the first.
  template <class Make>
  turn_notes& notes_of(const void* owner, Make make) {
    for (auto& [whose, notes] : notes_)
      if (whose == owner)
        return *notes;
    return *notes_.emplace_back(owner, make()).second;
  }

private:
  static inline thread_local traced_turn* current_ = nullptr;

  const actor_watch& who_;
  traced_turn* outer_;
  std::int64_t began_;
  std::vector<std::pair<const void*, std::unique_ptr<turn_notes>>> notes_;
};

} // namespace towncrier::hosting
