#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <unordered_map>

namespace towncrier::world {

/// Knows the `character_publisher` of every character that is there, and begins one for a character that is new.
///
/// The publisher of a removed character ends, so that ids used once cost nothing. Should the character come back, its
/// versions must go on all the same: nobody's version is above the number of orders given so far, so whoever begins
/// after a removal begins at the number that stood then.
struct character_directory_state {
  static inline const char* name = "character_directory";
  using self_pointer = hosting::pointer<protocol::character_directory_actor, character_directory_state>;

  explicit character_directory_state(self_pointer self);

  void publish(protocol::character_job& job);
  void order(model::character_input&& input, const protocol::receipt_ptr& receipt);
  protocol::character_publisher_actor& publisher_of(const model::character_id& id);

  self_pointer self;
  protocol::batcher_actor batcher;
  /// The epoch of this node's characters: higher in each life, so that a viewer's clock is never turned back.
  std::uint64_t epoch = 1;
  std::uint64_t orders = 0;            ///< given so far
  std::uint64_t orders_at_removal = 0; ///< given when a character was removed last
  std::unordered_map<model::character_id, protocol::character_publisher_actor> publishers;
};

protocol::character_directory_actor::behavior_type
character_directory(character_directory_state::self_pointer self, protocol::batcher_actor batcher, std::uint64_t epoch);

} // namespace towncrier::world
