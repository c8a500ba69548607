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

  struct entry;

  explicit character_directory_state(self_pointer self);

  void publish(protocol::character_job& job);
  protocol::inspect_answer act(const protocol::character_act& x);
  /// Begins the publisher again that ended, where its character is still there.
  void ended(const caf::down_msg& x);
  model::object describe() const;
  void order(model::character_input&& input, const protocol::receipt_ptr& receipt);
  entry& publisher_of(const model::character_id& id);

  self_pointer self;
  protocol::batcher_actor batcher;
  /// The epoch of this node's characters: higher in each life, so that a viewer's clock is never turned back.
  std::uint64_t epoch = 1;
  std::uint64_t orders = 0;            ///< given so far
  std::uint64_t orders_at_removal = 0; ///< given when a character was removed last
  struct entry {
    protocol::character_publisher_actor actor;
    /// Its latest state, written by the actor and read when that has ended.
    std::shared_ptr<model::character_ptr> memory;
    std::uint32_t restarts = 0;
    /// What came while it ended.
    bool restarting = false;
    std::vector<protocol::character_order> held;
  };

  void forget(const model::character_id& id);
  entry& begin(const model::character_id& id, entry& where, model::character_ptr start);

  std::unordered_map<model::character_id, entry> publishers;
  std::unordered_map<caf::actor_addr, model::character_id> ids;
};

protocol::character_directory_actor::behavior_type
character_directory(character_directory_state::self_pointer self, protocol::batcher_actor batcher, std::uint64_t epoch);

} // namespace towncrier::world
