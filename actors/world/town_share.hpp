#pragma once

#include "actors/world/shared_clock.hpp"
#include "protocol/cluster.hpp"
#include "town/simulation.hpp"

#include <deque>
#include <memory>
#include <unordered_set>

namespace towncrier::world {

/// One node's share of a town that several world nodes live through together. Each of them simulates all of it, tick by
/// tick at the same moments, and tells of the characters and events that rendezvous hashing over the view gives it. A
/// node counts from `active_from` until `active_until`, which all know beforehand: so a planned move happens at one
/// tick, and nothing is told twice or by nobody. Of a node that vanishes, the others repeat the events of the last
/// while: they have keys, and who has seen one already drops it.
class town_share {
public:
  /// A tick happens at every multiple of `tick` milliseconds since the Unix epoch. `repeat`, milliseconds: how far back
  /// events of a vanished node are told again.
  town_share(std::string node, std::uint64_t tick, std::uint64_t repeat);

  void use(std::shared_ptr<const town::definition> definition) { definition_ = std::move(definition); }

  /// The nodes that live.
  void see(const protocol::cluster_view& x) { view_ = x; }

  /// How the town's time runs from `x.wall` on, which is best some time ahead: so that all know of it before, and
  /// nobody lives through a tick otherwise than the rest. The first one begins the town.
  void run_by(const shared_clock& x, std::uint64_t now);

  bool begun() const noexcept { return town_ != nullptr; }
  /// The latest, which perhaps counts only later.
  const shared_clock& clock() const noexcept { return clocks_.back(); }
  const town::simulation& town() const noexcept { return *town_; }

  /// What this node has to tell of everything that happened until `now`.
  town::outcome advance(std::uint64_t now);

  std::size_t owned() const noexcept { return owned_.size(); }

private:
  struct told_event {
    std::uint64_t at = 0;
    model::event_input what;
  };

  std::vector<std::string> active_at(std::uint64_t at) const;
  double simulated_at(std::uint64_t at) const;
  void step(std::uint64_t at, town::outcome& out);
  void catch_up(std::uint64_t at);
  void change_hands(std::vector<std::string> nodes, std::uint64_t at, town::outcome& out);
  void take_events(std::vector<model::event_input>& events, std::uint64_t at, town::outcome& out);
  bool owns(const std::vector<std::string>& nodes, std::string_view key) const;

  std::string node_;
  std::uint64_t tick_;
  std::uint64_t repeat_;
  std::shared_ptr<const town::definition> definition_;
  protocol::cluster_view view_;
  /// The one that counts, and those that will.
  std::deque<shared_clock> clocks_;
  std::unique_ptr<town::simulation> town_;
  double simulated_ = 0;
  std::uint64_t last_ = 0; ///< tick
  std::vector<std::string> nodes_;
  std::vector<model::character_id> everybody_;
  std::unordered_set<model::character_id> owned_;
  std::deque<told_event> events_;
};

} // namespace towncrier::world
