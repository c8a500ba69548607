#pragma once

#include "hosting/actor_list.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace towncrier::hosting {

/// A part of all actors that live: those whose ids fall into it, so that few spawns meet at one lock.
struct actor_shard {
  std::mutex mutex;
  actor_watch* first = nullptr;

  /// So many that reading one keeps who begins or ends there waiting for less than a millisecond.
  static constexpr std::size_t count = 64;

  static actor_shard& of(caf::actor_id id) {
    static auto* all = new std::array<actor_shard, count>;
    return (*all)[id % count];
  }

  template <class F>
  void for_each(const caf::actor_system& system, F f) {
    const std::lock_guard guard{mutex};
    for (auto* x = first; x != nullptr; x = x->next_) {
      // They lie anywhere in memory: the next one is on its way while this one is looked at.
      const auto* ahead = reinterpret_cast<const char*>(x->next_);
      __builtin_prefetch(ahead);
      __builtin_prefetch(ahead + 64);
      __builtin_prefetch(ahead + 128);
      if (x->self_.home_system == &system)
        f(*x);
    }
  }

  /// What is seen of it from outside. `began`: when the program did, in seconds since the Unix epoch.
  static actor_row row_of(const actor_watch& x, double began);

  void link(actor_watch& x) {
    const std::lock_guard guard{mutex};
    x.next_ = first;
    x.back_ = &first;
    if (first != nullptr)
      first->back_ = &x.next_;
    first = &x;
  }
};

/// Since the first call.
std::uint32_t milliseconds_up();

/// How much longer each message of the kind is to take (see slow_down()).
std::chrono::milliseconds slowness_of(kind_id kind);

/// Lets so much time pass, as `spend_time_by` says.
void spend_slowly(std::chrono::milliseconds x);

/// Keeps the last actors that ended, for who asks.
void remember_ended(ended_actor x);

} // namespace towncrier::hosting
