#pragma once

#include "actors/edge/record_stream.hpp"
#include "fanout/chunk.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace towncrier::edge {

/// What a viewer that is given records out of what it missed, and not yet what happens now, has still to get.
struct catch_up {
  /// Whether it may still say where to resume, so that even what it missed waits.
  bool held = false;
  /// Until when its `resume` waits for what it has heard elsewhere and this edge has not.
  std::optional<std::chrono::steady_clock::time_point> waits_until;
  /// Whether it is to be given the state of everything it watches when it has caught up.
  bool snapshot_due = false;
  /// The first that it was not given.
  place_ptr next;
  /// The records from this one on came after it had resumed: what it missed before is told by where it was.
  std::uint64_t news_from = 0;
  /// How far it has come.
  model::position at;
  /// More bytes than these may not wait for it: it would not be catching up.
  std::size_t most_bytes = 0;
  /// When it was given something last.
  std::chrono::steady_clock::time_point given{};
  /// Whether it was asked if its socket takes anything, and whether it said no: the rest is conflated.
  bool asked = false;
  bool late = false;
  /// Followed items among what it missed since it is held back.
  std::vector<fanout::followed_item> followed;
};

/// What a hub knows of one viewer.
struct viewer {
  protocol::connection_actor who; // empty: the slot is free
  /// Where chunks may be put while `who` waits for mail, and then alone: it is part of `who`'s state, which is gone
  /// when `who` has ended. nullptr: nowhere.
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
