#pragma once

#include "actors/world/town_command.hpp"
#include "actors/world/town_share.hpp"
#include "actors/world/world.hpp"

#include <functional>

namespace towncrier::world {

/// What a world needs to share its town with others.
struct sharing {
  std::string node;
  /// The cluster's time, in milliseconds since the Unix epoch.
  std::function<std::uint64_t()> time;
  /// Whether that is known already; empty: it is.
  std::function<bool()> time_is_known{};
  /// The cluster's time had been that before this node was there.
  std::function<void(std::uint64_t)> raise_time{};
  /// How far back the events of a vanished node are told again.
  std::chrono::milliseconds repeat{10'000};
  /// How long after a command its change of the town's clock counts: until then all nodes know of it.
  std::chrono::milliseconds lead{500};
};

/// The `world` of a node in a cluster: lives through the same town as all world nodes, by a clock that is kept in etcd,
/// and tells of this node's share.
struct shared_world_state {
  static inline const char* name = "shared_world";
  using self_pointer = hosting::pointer<protocol::world_actor, shared_world_state>;

  explicit shared_world_state(self_pointer self);

  void see(const protocol::cluster_view& x);
  void found_town();
  void run_by(const std::string& text, std::uint64_t revision);
  void tick();
  void command(const protocol::command_order& x, int tries = 3);
  void change_clock(const protocol::command_order& x, const shared_clock& to, int tries);
  model::object status() const;
  model::object describe() const;
  std::uint64_t time() const { return sharing.time(); }
  void go_by_the_record();
  std::uint64_t next_change() const;

  self_pointer self;
  world_services services;
  protocol::world_options options;
  world::sharing sharing;
  /// Whose views come; keeps the town's clock in etcd.
  protocol::membership_actor membership;
  std::optional<town_share> share;
  /// What the view says of the town; kept until the time is known.
  std::optional<std::string> record;
  std::uint64_t record_revision = 0;
  bool store_reachable = false;
  std::uint64_t town_revision = 0;
  bool founding = false;
  /// Set while what was told last is on its way through the hubs: what happens meanwhile is told with the next.
  std::weak_ptr<const void> on_its_way;
};

protocol::world_actor::behavior_type shared_world(shared_world_state::self_pointer self, world_services services,
                                                  std::shared_ptr<const town::definition> town,
                                                  protocol::world_options options, sharing with);

} // namespace towncrier::world
