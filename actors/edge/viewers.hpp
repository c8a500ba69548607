#pragma once

#include "fanout/item.hpp"
#include "model/position.hpp"
#include "protocol/interfaces.hpp"

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
};

using record_ptr = std::shared_ptr<const record>;

/// What a hub knows of one viewer.
struct viewer {
  protocol::connection_actor who; // empty: the slot is free
  /// Where chunks may be put while `who` waits for mail; nullptr: nowhere.
  protocol::chunk_sink* sink = nullptr;
  /// Whether it is given records out of `missed`, and not yet what happens now.
  bool catching_up = false;
  /// Whether it may still say where to resume, so that even `missed` waits.
  bool held = false;
  /// Whether it subscribed to `world` without having asked.
  bool automatic = false;
  /// Whether it is to be given the state of everything it watches when it has caught up.
  bool snapshot_due = false;
  /// Tells this viewer's timers from those of whoever had the slot before.
  std::uint64_t generation = 0;
  /// Records that it has not been given, oldest first.
  std::deque<record_ptr> missed;
  std::size_t missed_bytes = 0;
  /// How far it has come, while it is catching up.
  model::position at;
};

/// The viewers of a hub by slot: small numbers, used again.
class viewers {
public:
  std::uint32_t add(protocol::connection_actor who);
  void remove(std::uint32_t slot);

  /// The viewer in `slot`; nullptr when there is none.
  viewer* find(std::uint32_t slot) noexcept;

  /// The viewer that `x` speaks of; nullptr when somebody else has its slot now.
  viewer* find(const protocol::viewer_ref& x) noexcept;

  /// Where `who` is, who may be gone already; nothing when it is not here.
  std::optional<std::uint32_t> slot_of(const caf::actor_addr& who) const;

  /// The slots that are catching up.
  const std::vector<std::uint32_t>& catching_up() const noexcept { return catching_up_; }
  void begin_catching_up(std::uint32_t slot);
  void end_catching_up(std::uint32_t slot);

  std::size_t size() const noexcept { return slots_.size() - free_.size(); }

private:
  std::vector<viewer> slots_;
  std::unordered_map<caf::actor_addr, std::uint32_t> slot_of_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> catching_up_;
  std::uint64_t generations_ = 0;
};

} // namespace towncrier::edge
