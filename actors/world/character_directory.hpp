#pragma once

#include "flow/life_number.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <deque>
#include <memory>
#include <unordered_map>

namespace towncrier::world {

/// What a directory has to know of its node.
struct directory_settings {
  std::string node;
  /// Gives the epochs, so that a viewer's clock is not turned back by a node that has lost its memory.
  std::shared_ptr<flow::life_number> life;
};

/// Knows the `character_publisher` of every character that this node owns, and ends it when the character was removed
/// or others own it. Whoever begins a publisher asks the exchange what is known of the character and takes an epoch
/// above it: a single writer at a time, and the latest one wins everywhere.
struct character_directory_state {
  static inline const char* name = "character_directory";
  using self_pointer = hosting::pointer<protocol::character_directory_actor, character_directory_state>;

  /// A character of this node.
  struct owned {
    protocol::character_publisher_actor actor;
    std::uint64_t epoch = 0;
    /// Its latest state, written by the actor and read when that has ended.
    std::shared_ptr<model::character_ptr> memory;
    std::uint32_t restarts = 0;
    /// What came while it ended.
    bool restarting = false;
    std::vector<protocol::character_order> held;
  };

  explicit character_directory_state(self_pointer self);

  void publish(protocol::character_job& job);
  void go_on();
  bool look_up_missing(const protocol::character_job& job);
  void found(const std::vector<model::character_id>& asked, const protocol::lookup_answer& x);
  void carry_out(protocol::character_job& job);
  void order(owned& publisher, protocol::character_order x);
  owned& publisher_of(const model::character_id& id);
  void begin(owned& where, model::character_ptr latest);
  void forget(const model::character_id& id);
  void overtaken(const protocol::overtaken& x);

  protocol::inspect_answer act(const protocol::character_act& x);
  /// Begins the publisher again that ended, where its character is still there.
  void ended(const caf::down_msg& x);
  model::object describe() const;

  self_pointer self;
  protocol::batcher_actor batcher;
  protocol::exchange_actor exchange;
  directory_settings settings;
  std::unordered_map<model::character_id, owned> publishers;
  /// Whose publishers are watched.
  std::unordered_map<caf::actor_addr, model::character_id> ids;
  /// What the jobs that are carried out need to know of characters without a publisher.
  std::unordered_map<model::character_id, protocol::lookup_answer::entry> known;
  /// Jobs that wait until it is known who their characters are.
  std::deque<protocol::character_job> jobs;
  bool looking_up = false;
};

protocol::character_directory_actor::behavior_type character_directory(character_directory_state::self_pointer self,
                                                                       protocol::batcher_actor batcher,
                                                                       protocol::exchange_actor exchange,
                                                                       directory_settings settings);

} // namespace towncrier::world
