#pragma once

#include "model/character.hpp"

#include <string>
#include <variant>

namespace towncrier::model {

/// What happened to a character.
enum class change_kind : std::uint8_t {
  update,       ///< `character_update`: the whole state
  state_change, ///< `state_change`: it does something else, or is somewhere else
  removed,      ///< `character_removed`: it left the simulation
};

/// One change of one character, with the whole state after it (for `removed`: its last state, at the
/// revision of the removal), so that whoever missed earlier changes needs nothing else.
struct character_change {
  change_kind kind = change_kind::update;
  character_ptr now;
  /// The state before; meaningful for `state_change`.
  std::string previous_state;
  /// Whether `attributes` differ from those before.
  bool attributes_changed = false;
};

/// Something that happened and is over: a meeting, a sale, a new day.
struct event {
  std::string event_type;
  value data;
  /// Seconds since the Unix epoch.
  double timestamp = 0;
  /// Names what happened, where two nodes may both tell of it: the second is dropped. 0: nobody else tells of it.
  std::uint64_t key = 0;

  friend bool operator==(const event&, const event&) = default;
};

using event_ptr = std::shared_ptr<const event>;

/// What a viewer can be told about.
using change = std::variant<character_change, event_ptr>;

} // namespace towncrier::model
