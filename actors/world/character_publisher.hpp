#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::world {

/// Merges what is said of a character into its state: what was left out stays as it was; `update` replaces the
/// attributes, `state_change` merges them, and a null removes one in both. The revision is not touched.
model::character merged(const model::character& before, const model::character_input& input);

/// A character of which nothing has been said yet; who nobody named is called by the id.
model::character_ptr unknown_character(const model::character_id& id, model::revision rev);

/// One character: its latest state, its epoch and version.
struct character_publisher_state {
  static inline const char* name = "character_publisher";

  character_publisher_state() = default; // not an aggregate: CAF would take it for one to be made from the actor

  /// The change that `input` makes, at the next version.
  model::change apply(const model::character_input& input, double now);

  /// Takes an order, or keeps it back while paused.
  std::optional<model::change> take(const model::character_input& input, double now);
  std::optional<model::change> pause(bool on, double now);
  model::object describe() const;

  protocol::batcher_actor batcher;
  model::character_ptr latest;
  /// Survives this actor, for the one that comes after it.
  std::shared_ptr<model::character_ptr> memory;
  bool paused = false;
  /// What was said while paused, as one update.
  std::optional<model::character_input> held;
};

using character_publisher_pointer = hosting::pointer<protocol::character_publisher_actor, character_publisher_state>;

/// Goes on from `start.latest`; its versions rise from there.
protocol::character_publisher_actor::behavior_type
character_publisher(character_publisher_pointer self, protocol::batcher_actor batcher, protocol::publisher_start start);

} // namespace towncrier::world
