#pragma once

#include "fanout/chunk.hpp"
#include "hosting/actor.hpp"
#include "model/position.hpp"
#include "protocol/interfaces.hpp"

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace towncrier::edge {

/// One batch as a hub keeps it.
struct record {
  model::origin_position stamp;
  std::vector<fanout::item_ptr> items;
  /// The heap it holds, estimated.
  std::size_t bytes = 0;
  /// False: latest states and events that stand for several batches, so that nobody can resume within them.
  bool exact = true;
  /// How many batches of its origin it is given instead of, and for whom that is all there was: who watches no more
  /// than this. nullptr: for everybody.
  std::uint64_t stands_for = 1;
  std::shared_ptr<const protocol::wants> complete_for = nullptr;
};

using record_ptr = std::shared_ptr<const record>;

/// What a viewer that is given records out of `missed`, and not yet what happens now, has still to get.
struct catch_up {
  /// Whether it may still say where to resume, so that even `missed` waits.
  bool held = false;
  /// Until when its `resume` waits for what it has heard elsewhere and this edge has not.
  std::optional<std::chrono::steady_clock::time_point> waits_until;
  /// Whether it is to be given the state of everything it watches when it has caught up.
  bool snapshot_due = false;
  /// Records that it has not been given, oldest first.
  std::deque<record_ptr> missed;
  std::size_t missed_bytes = 0;
  /// How far it has come.
  model::position at;
  /// Followed items among what it missed since it is held back.
  std::vector<fanout::followed_item> followed;

  void add(record_ptr x) {
    missed_bytes += x->bytes;
    missed.push_back(std::move(x));
  }
};

/// What a hub knows of one viewer.
struct viewer {
  protocol::connection_actor who; // empty: the slot is free
  /// Where chunks may be put while `who` waits for mail; nullptr: nowhere.
  protocol::chunk_sink* sink = nullptr;
  /// While it catches up; nullptr: it is live.
  std::unique_ptr<catch_up> behind;
  /// Whether it subscribed to `world` without having asked.
  bool automatic = false;
  /// What changed last before these was not shown to it: it came later, or began to watch it later, perhaps, without a
  /// snapshot. Numbers of items; 0: it was given all.
  std::uint64_t came_after = 0;
  std::uint64_t grew_after = 0;
  /// Tells this viewer's timers from those of whoever had the slot before.
  std::uint64_t generation = 0;
};

/// The viewers of a hub by slot: small numbers, used again.
class viewers {
public:
  std::uint32_t add(protocol::connection_actor who);
  void remove(std::uint32_t slot);

  /// The viewer in `slot`; nullptr when there is none.
  viewer* find(std::uint32_t slot) noexcept;

  /// From now on chunks for the viewer in `slot` may be put into `sink`; nullptr: nowhere.
  void attach(std::uint32_t slot, protocol::chunk_sink* sink);

  /// Has the memory that showing something to the viewer in `slot` will need brought near.
  void fetch(std::uint32_t slot) const noexcept {
    for (const auto* line : memory_[slot])
      __builtin_prefetch(line);
  }

  /// The viewer that `x` speaks of; nullptr when somebody else has its slot now.
  viewer* find(const protocol::viewer_ref& x) noexcept;

  /// Where `who` is, who may be gone already; nothing when it is not here.
  std::optional<std::uint32_t> slot_of(const caf::actor_addr& who) const;

  /// The slots that are catching up.
  const std::vector<std::uint32_t>& catching_up() const noexcept { return catching_up_; }
  /// Begins it anew; a snapshot that is due stays so.
  catch_up& begin_catching_up(std::uint32_t slot);
  /// What it had still to get; nullptr when it was live already.
  std::unique_ptr<catch_up> end_catching_up(std::uint32_t slot);

  template <class F>
  void for_each(F f) const {
    for (const auto& x : slots_)
      if (x.who)
        f(x);
  }

  /// The same, with `f(slot, viewer)`.
  template <class F>
  void for_each_slot(F f) {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
      if (slots_[slot].who)
        f(slot, slots_[slot]);
  }

  std::size_t size() const noexcept { return slots_.size() - free_.size(); }

private:
  /// Cache lines that a delivery goes through, most of them; nullptr: none, which costs nothing to fetch.
  using lines = std::array<const void*, 16>;

  std::vector<viewer> slots_;
  std::vector<lines> memory_; ///< of each slot
  std::unordered_map<caf::actor_addr, std::uint32_t> slot_of_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> catching_up_;
  std::uint64_t generations_ = 0;
};

} // namespace towncrier::edge
