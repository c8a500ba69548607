#pragma once

#include "actors/edge/visibility.hpp"
#include "fanout/trail.hpp"
#include "flow/time.hpp"
#include "model/position.hpp"
#include "model/wall_clock.hpp"

#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace towncrier::edge {

/// What was taken in since the last flush, and to whom each of it is to be shown.
class gathered {
public:
  /// Whether no batch was taken in. A batch may show nothing, and moves the position all the same.
  bool empty() const noexcept { return boundaries_.empty(); }

  const std::vector<fanout::entry>& entries() const noexcept { return entries_; }

  /// Those of the entries whose messages are followed, nearly always none.
  std::vector<fanout::followed_item>& followed() noexcept { return followed_; }

  /// Where viewers are that were shown all of it. To be said before any chunk is made.
  void end_at(fanout::position_text x) { trail_->end_at(std::move(x)); }

  /// What those are shown who watch the world. Precondition: there are entries.
  fanout::chunk_ptr for_world() const;

  /// Calls `show(slot, chunk)` for each viewer outside the world that has something to see and is `live(slot)`, by
  /// slot. Viewers that are shown the same are given the same chunk.
  template <class Live, class Show>
  void for_narrow(Live live, Show show) {
    sort_concerns();
    std::unordered_map<std::vector<fanout::entry>, fanout::chunk_ptr, entries_hash> chunks;
    for (std::size_t first = 0, last = 0; first < concerns_.size(); first = last) {
      const auto slot = concerns_[first].slot;
      for (last = first; last < concerns_.size() && concerns_[last].slot == slot;)
        ++last;
      if (!live(slot))
        continue;
      auto seen = part_of({concerns_.data() + first, last - first});
      auto& chunk = chunks[seen.entries];
      if (!chunk)
        chunk = make_chunk(std::move(seen));
      show(slot, chunk);
    }
  }

  /// The viewers outside the world to whom the item is shown.
  std::unordered_set<slot_type> concerned_by(const fanout::item& x) const;

private:
  friend class flush_window;

  /// An entry is to be shown to a viewer, and how.
  struct concern {
    slot_type slot;
    std::uint32_t entry;
    fanout::shape shape;
  };

  /// What one viewer sees of all entries, and where the batches end among that.
  struct part {
    std::vector<fanout::entry> entries;
    std::vector<fanout::boundary> boundaries;
  };

  struct entries_hash {
    std::size_t operator()(const std::vector<fanout::entry>& xs) const noexcept;
  };

  void sort_concerns();
  part part_of(std::span<const concern> xs) const;
  fanout::chunk_ptr make_chunk(part x) const;
  void clear();

  std::vector<fanout::entry> entries_;
  /// Where each batch ends among them.
  std::vector<fanout::boundary> boundaries_;
  std::shared_ptr<fanout::trail> trail_;
  std::vector<concern> concerns_;
  std::vector<fanout::followed_item> followed_;
};

/// Gathers what a hub takes in until it is flushed: shown to everyone who is interested. No actor and no clock.
///
/// Who is concerned by a change is found out when it is added, or, for the world, when it is flushed. So nobody's
/// interest may change in between, or a viewer would be shown what it does not watch, or miss what it does. Therefore
/// the window owns the interest, and whatever changes it flushes first: interest never changes with entries pending.
class flush_window {
public:
  /// Shows what was gathered to the viewers. Is not to call the window.
  using shower = std::function<void(gathered&)>;

  explicit flush_window(shower show) : show_(std::move(show)) {}

  // -- what came

  /// A batch begins; `before` is the position without it.
  void begin_batch(const model::position& before, const model::origin_position& stamp);

  /// Adds a change of the batch.
  void add(const fanout::item_ptr& x);

  /// The change that was added last is followed.
  void follow(fanout::followed_item x) { gathered_.followed_.push_back(std::move(x)); }

  void end_batch();

  // -- when it is shown

  /// How long until the next flush, at least `least_pause` after the last; empty when it was scheduled already.
  std::optional<flow::duration> schedule(flow::time_point now, flow::duration least_pause);

  /// The time that `schedule` gave has passed.
  void flush_scheduled(flow::time_point now);

  /// Shows what was gathered, if anything, and forgets it.
  void flush(flow::time_point now);

  bool is_scheduled() const noexcept { return is_scheduled_; }

  /// Shown to nobody yet.
  const std::vector<fanout::entry>& pending() const noexcept { return gathered_.entries(); }

  // -- who watches what

  const flow::interest& interest() const noexcept { return interest_; }

  /// The next three flush, and then do what `flow::interest` does.
  void subscribe(slot_type slot, std::span<const flow::channel> channels, const std::optional<model::area>& area,
                 flow::time_point now);
  void unsubscribe(slot_type slot, std::span<const flow::channel> channels, bool area, flow::time_point now);
  void remove(slot_type slot, flow::time_point now);

private:
  shower show_;
  flow::interest interest_;
  gathered gathered_;
  bool is_scheduled_ = false;
  flow::time_point last_flush_{};
};

} // namespace towncrier::edge
