#pragma once

#include "actors/edge/catch_up.hpp"
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

/// What a hub knows of one viewer.
struct viewer {
  protocol::connection_actor who; // empty: the slot is free
  /// Where chunks may be put while `who` waits for mail, and then alone: it is part of `who`'s state, which is gone
  /// when `who` has ended. nullptr: nowhere.
  protocol::chunk_sink* sink = nullptr;
  /// What it has still to get before it is live; nullptr: it is live.
  std::unique_ptr<catch_up> missed;
  /// Whether it watches the world without having asked for it: its first `subscribe` takes the place of that.
  bool automatic = false;
  /// The number of the last item before it joined, and before it last subscribed to more, where it was given no
  /// snapshot then. It was not shown the items up to `joined_after`; of those up to `subscribed_after` nobody knows, as
  /// what it watched before is not kept. 0: it was given everything that it watches.
  std::uint64_t joined_after = 0;
  std::uint64_t subscribed_after = 0;
  /// Tells this viewer's timers from those of whoever had the slot before.
  std::uint64_t generation = 0;

  bool is_live() const noexcept { return missed == nullptr; }

  /// Whether it is given nothing, as it may still resume.
  bool is_waiting() const noexcept { return missed != nullptr && missed->is_waiting(); }

  /// It was given the state of everything that it watches, here or at another edge.
  void has_everything() noexcept { joined_after = subscribed_after = 0; }
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

  /// The slots of those that are not live.
  const std::vector<std::uint32_t>& catching_up() const noexcept { return catching_up_; }

  /// The viewer in `slot` has still to get `x`. Precondition: it is live.
  catch_up& begin_catch_up(std::uint32_t slot, std::unique_ptr<catch_up> x);

  /// It is live. Gives what it had still to get; nullptr when it was live already.
  std::unique_ptr<catch_up> end_catch_up(std::uint32_t slot);

  /// Whether some viewer has just come, and may still say what it watches.
  bool any_waiting() const;

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

  /// Whether many have left since this was last true, and at least half of all.
  bool most_have_left() noexcept;

private:
  /// Cache lines that a delivery goes through, most of them; nullptr: none, which costs nothing to fetch.
  using lines = std::array<const void*, 16>;

  std::vector<viewer> slots_;
  std::vector<lines> memory_; ///< of each slot
  std::unordered_map<caf::actor_addr, std::uint32_t> slot_of_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> catching_up_;
  std::uint64_t generations_ = 0;
  /// The most that there were since `most_have_left` was last true and was asked.
  std::size_t most_ = 0;
};

} // namespace towncrier::edge
