#pragma once

#include "actors/cluster/node_lives.hpp"
#include "flow/fifo.hpp"
#include "flow/state_table.hpp"
#include "protocol/links.hpp"
#include "protocol/messages.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace towncrier::cluster {

/// Who owns which character: the latest state of each, whoever said it, and what follows when two nodes speak of one.
/// Knows no actor and no clock.
///
/// Of two states of a character that with the greater revision is the later one; who wrote it is the owner. A node that
/// says something below that has to be told so, and where the owner is gone, nobody else will do it: that is an
/// *objection*.
class ownership {
public:
  /// `lives` must outlive this.
  ownership(std::string node, const node_lives& lives) : node_(std::move(node)), lives_(lives) {}

  /// What came of it when a batch was taken in.
  struct conflicts {
    /// Characters of this node that others have spoken of since: their publishers end here.
    protocol::overtaken lost;
    /// What the peer that said the batch has to be told.
    std::vector<model::change> objections;
  };

  /// Takes in a batch of this node. Gives for each change the character's state before, where that was elsewhere, or
  /// where the change is its removal; or nothing at all when there is none.
  std::vector<model::character_ptr> take_own(const model::batch& x, conflicts& found);

  /// Takes in a batch of a peer, or its objection.
  void take_foreign(const model::batch& x, bool is_objection, conflicts& found);

  /// What is known of characters, to go on from.
  protocol::lookup_answer look_up(const protocol::lookup_request& x) const;

  /// Whether there is a character whose owner's life is over. Does not look at the characters.
  bool knows_orphans() const;

  using visitor = std::function<void(model::change)>;

  /// The latest states of the characters that batches of this node after `after` and up to `upto` spoke of, and nobody
  /// else since; first the removals. `with_orphans`: also those whose owners' lives are over.
  void for_each_changed(std::uint64_t after, std::uint64_t upto, bool with_orphans, const visitor& f) const;

  /// What is known of the characters that `owner` spoke of last, in lives that are over.
  void for_each_orphan_of(const std::string& owner, const visitor& f) const;

  std::size_t size() const noexcept { return latest_.size(); }

private:
  /// The latest of a character.
  struct known_state {
    model::character_ptr now;
    /// This node's batch that it went out with; 0 when another node said it.
    std::uint64_t sequence = 0;
  };

  flow::state_table<known_state>::applied apply(const model::character_change& x, std::uint64_t sequence);
  void count(const model::character_ptr& before, const model::character_change& x);
  model::character_ptr take_own(const model::character_change& x, std::uint64_t sequence, conflicts& found);
  void take_foreign(const model::character_change& x, bool is_objection, conflicts& found);

  std::string node_;
  const node_lives& lives_;
  flow::state_table<known_state> latest_;
  /// Characters of this node that left, for peers that missed it: with the batch that said so.
  flow::fifo<std::pair<std::uint64_t, model::character_ptr>> removed_;
  /// By owner: how many characters it owns by states of each epoch.
  std::map<std::string, std::map<std::uint64_t, std::size_t>> owned_;
};

} // namespace towncrier::cluster
