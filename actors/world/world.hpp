#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"
#include "town/simulation.hpp"
#include "tracing/board.hpp"

namespace towncrier::world {

/// What the world needs of others.
struct world_services {
  protocol::character_directory_actor characters;
  protocol::event_notifier_actor events;
  /// What is followed on this node; nullptr: nothing ever is.
  tracing::board_ptr traces{};

  /// Marks those that are followed.
  void follow(town::outcome& x) const;

  /// Has everybody told what happened; what comes back is gone when every hub has it.
  template <class Self>
  std::weak_ptr<const void> tell(Self self, town::outcome happened) const {
    const auto receipt = std::make_shared<const int>(0);
    if (tracing::is_on(traces))
      follow(happened);
    if (!happened.changes.empty())
      self->send(characters, protocol::character_job{std::move(happened.changes), receipt});
    if (!happened.events.empty())
      self->send(events, protocol::event_job{std::move(happened.events), receipt});
    return receipt;
  }
};

/// Ticks the built-in town: simulated time passes `rate` times as fast as ours.
struct world_state {
  static inline const char* name = "world";
  using self_pointer = hosting::pointer<protocol::world_actor, world_state>;

  explicit world_state(self_pointer self);

  void tick();
  void step(double simulated_seconds);
  void publish(town::outcome happened);
  void command(const protocol::command_order& x);
  model::object status() const;
  model::object describe() const { return status(); }

  self_pointer self;
  world_services services;
  protocol::world_options options;
  std::unique_ptr<town::simulation> town;
  bool paused = false;
  /// Set while a tick is on its way through the hubs: a town that is faster than its viewers' node waits for it.
  std::weak_ptr<const void> on_its_way;
};

protocol::world_actor::behavior_type world(world_state::self_pointer self, world_services services,
                                           std::shared_ptr<const town::definition> town,
                                           protocol::world_options options);

} // namespace towncrier::world
