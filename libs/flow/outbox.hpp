#pragma once

#include "flow/fifo.hpp"
#include "flow/time.hpp"
#include "model/character.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

namespace towncrier::flow {

/// What a slow client still has to get, bounded by the number of characters and by `max_event_bytes`, however
/// slow it is. `Entry` is cheap to copy and default constructible, such as a shared pointer. Two lanes:
/// - events keep their order and are lossless until `max_event_bytes` wait; then the oldest are dropped, and counted;
/// - states are at most one a character. A later one replaces the earlier (counted as conflated) and takes over
///   its place, so that the character that has waited longest comes first and none starves.
/// Every operation is O(1) amortised for each entry.
template <class Entry>
class outbox {
public:
  struct pending_state {
    model::character_id id;
    Entry entry;
    /// Whether the client had the character in view before the first change that it missed: a removal of one that
    /// it never saw can be left out.
    bool known = false;
  };

  struct batch {
    /// To be sent before `states`.
    std::vector<Entry> events;
    std::vector<pending_state> states;
    /// How many states were replaced, and events dropped, since the last `take`.
    std::size_t conflated = 0;
    std::size_t dropped_events = 0;
    /// How long the oldest entry had waited; for a state, since the first change that the client missed.
    duration behind{};
    /// Whether this was everything.
    bool empty_now = true;
  };

  explicit outbox(std::size_t max_event_bytes) noexcept : max_event_bytes_(max_event_bytes) {}

  outbox(outbox&&) noexcept = default;
  outbox& operator=(outbox&&) noexcept = default;

  /// Keeps `x` as the latest state of `id`. `known_before` is remembered from the first put until the take.
  void put_state(const model::character_id& id, Entry x, bool known_before, time_point now) {
    const auto [at, added] = states_.try_emplace(id, waiting_state{{}, known_before, now});
    at->second.entry = std::move(x);
    if (added)
      order_.push(&*at);
    else
      ++conflated_;
  }

  /// Keeps `x`, which counts as `bytes`. One that is larger than the bound is dropped itself, and no other for it.
  void put_event(Entry x, std::size_t bytes, time_point now) {
    if (bytes > max_event_bytes_) {
      ++dropped_;
      return;
    }
    for (; bytes > max_event_bytes_ - event_bytes_; ++dropped_)
      pop_event();
    events_.push({std::move(x), bytes, now});
    event_bytes_ += bytes;
  }

  /// Takes at most `max_entries` off, the oldest events first, then the states that have waited longest, and
  /// everything that was counted.
  batch take(std::size_t max_entries, time_point now) {
    batch out;
    out.behind = behind(now);
    take_events(out.events, max_entries);
    take_states(out.states, max_entries - out.events.size());
    out.conflated = std::exchange(conflated_, 0);
    out.dropped_events = std::exchange(dropped_, 0);
    out.empty_now = empty();
    return out;
  }

  /// Whether there is nothing to take: no entry, and no dropped event that the client was not told about.
  bool empty() const noexcept { return events_.empty() && order_.empty() && dropped_ == 0; }

  std::size_t pending_states() const noexcept { return order_.size(); }
  bool holds_state(const model::character_id& id) const { return states_.contains(id); }
  std::size_t pending_events() const noexcept { return events_.size(); }

  /// The state that waits for `id`; nullptr: none does.
  const Entry* find_state(const model::character_id& id) const {
    const auto at = states_.find(id);
    return at == states_.end() ? nullptr : &at->second.entry;
  }

  /// Whether an event waits of which `is` says so. O(events that wait).
  template <class Predicate>
  bool holds_event(Predicate is) const {
    return std::any_of(events_.begin(), events_.end(), [&](const auto& x) { return is(x.entry); });
  }
  std::size_t pending_event_bytes() const noexcept { return event_bytes_; }

  /// How long the oldest entry has waited; 0 when there is none.
  duration behind(time_point now) const noexcept {
    auto oldest = now;
    if (!events_.empty())
      oldest = std::min(oldest, events_.front().since);
    if (!order_.empty())
      oldest = std::min(oldest, order_.front()->second.since);
    return now - oldest;
  }

  /// Forgets everything, the counters included: for a client that starts afresh.
  void clear() noexcept { *this = outbox{max_event_bytes_}; }

private:
  struct waiting_state {
    Entry entry;
    bool known = false;
    time_point since;
  };

  struct waiting_event {
    Entry entry;
    std::size_t bytes = 0;
    time_point since;
  };

  using state_map = std::unordered_map<model::character_id, waiting_state>;

  Entry pop_event() {
    auto x = events_.pop();
    event_bytes_ -= x.bytes;
    return std::move(x.entry);
  }

  pending_state pop_state() {
    auto node = states_.extract(order_.pop()->first);
    return {std::move(node.key()), std::move(node.mapped().entry), node.mapped().known};
  }

  void take_events(std::vector<Entry>& out, std::size_t count) {
    out.reserve(std::min(count, events_.size()));
    while (out.size() < count && !events_.empty())
      out.push_back(pop_event());
  }

  void take_states(std::vector<pending_state>& out, std::size_t count) {
    out.reserve(std::min(count, order_.size()));
    while (out.size() < count && !order_.empty())
      out.push_back(pop_state());
    // A hash map never gives its buckets back by itself, and most clients lag only once.
    if (states_.empty() && states_.bucket_count() > worth_freeing)
      states_ = state_map{};
  }

  static constexpr std::size_t worth_freeing = 64;

  std::size_t max_event_bytes_;
  fifo<waiting_event> events_;
  std::size_t event_bytes_ = 0;
  state_map states_;
  /// The elements of `states_`, which do not move, by the first change that the client missed.
  fifo<typename state_map::value_type*> order_;
  std::size_t conflated_ = 0;
  std::size_t dropped_ = 0;
};

} // namespace towncrier::flow
