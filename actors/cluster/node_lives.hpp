#pragma once

#include "flow/time.hpp"
#include "model/character.hpp"
#include "protocol/cluster.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace towncrier::cluster {

/// Which lives of nodes go on and which are over, by the views and by the links of this node. Knows no actor and no
/// clock.
class node_lives {
public:
  struct options {
    std::string node;
    std::uint64_t incarnation = 0;
    /// How long after a node's end what it said last is told again: by then others have taken over what they are to.
    flow::duration settling_time = std::chrono::seconds{2};
    /// How long a node is away until positions do not name it any more.
    flow::duration forget_age{};
  };

  explicit node_lives(options x) : options_(std::move(x)) {}

  /// A new view.
  void see(const protocol::cluster_view& x, flow::time_point now);

  /// Whether the view has `node`.
  bool has(const std::string& node) const { return lives_.contains(node); }

  /// There is a link to `node`, or no more. While there is one, the node may still speak.
  void link_began(const std::string& node) { linked_.insert(node); }
  void link_ended(const std::string& node) { linked_.erase(node); }

  /// Whether the life that wrote `x` is over, so that its node will not tell anybody of it.
  bool is_orphan(const model::revision& x) const { return x.epoch < first_epoch(x.owner); }

  /// The epochs of `owner` below this one are of lives that are over. Epochs of a life are not below its beginning.
  std::uint64_t first_epoch(const std::string& owner) const;

  /// The nodes whose lives ended so long ago that it is time to tell the peers what they said last: some may have heard
  /// less of it. Each is given once.
  std::vector<std::string> take_settled(flow::time_point now);

  /// The nodes that have been away for so long that positions need not name them any more. Each is given once.
  std::vector<std::string> take_forgotten(flow::time_point now);

private:
  options options_;
  /// The incarnations of the nodes in the view.
  std::map<std::string, std::uint64_t> lives_;
  std::set<std::string> linked_;
  /// Nodes with a life that is over, and when it will have settled.
  std::map<std::string, flow::time_point> ended_;
  /// Nodes that left the view, and when they are forgotten.
  std::map<std::string, flow::time_point> absent_;
};

} // namespace towncrier::cluster
