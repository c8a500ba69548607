#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <unordered_map>

namespace towncrier::world {

/// Knows the `character_publisher` of every character, and begins one for a character that is new.
struct character_directory_state {
  static inline const char* name = "character_directory";
  using self_pointer = hosting::pointer<protocol::character_directory_actor, character_directory_state>;

  explicit character_directory_state(self_pointer self);

  void publish(protocol::character_job& job);
  protocol::character_publisher_actor& publisher_of(const model::character_id& id);

  self_pointer self;
  protocol::batcher_actor batcher;
  /// The epoch of this node's characters: higher in each life, so that a viewer's clock is never turned back.
  std::uint64_t epoch = 1;
  std::unordered_map<model::character_id, protocol::character_publisher_actor> publishers;
};

protocol::character_directory_actor::behavior_type character_directory(character_directory_state::self_pointer self,
                                                                       protocol::batcher_actor batcher,
                                                                       std::uint64_t epoch);

} // namespace towncrier::world
