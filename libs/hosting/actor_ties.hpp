#pragma once

#include "hosting/actor_watch.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <typeinfo>

namespace towncrier::hosting {

class io_thread;

/// One of our actors, whatever its interface.
class watched_actor {
public:
  virtual ~watched_actor() = default;
  virtual actor_watch& watch() noexcept = 0;

  /// The thread that the actor stays on; nullptr: it runs wherever CAF's scheduler puts it.
  virtual const io_thread* home() const noexcept = 0;

  /// The part of the actor's state that is a `what` and that others on its thread may call without a message; nullptr
  /// where there is none, or when the actor has ended and its state with it.
  virtual void* direct_face(const std::type_info& what) noexcept = 0;
};

/// Whether all actors without a home share one thread: under the scheduler of a test they do.
bool has_one_thread(const caf::actor_system& system);

/// Notes that `who` monitors `whom` from now on, or does so no more. CAF keeps its own lists to itself; these are for
/// who looks at actors, and cost nothing per message.
void note_monitor(actor_watch& who, const caf::strong_actor_ptr& whom);
void forget_monitor(actor_watch& who, const caf::strong_actor_ptr& whom);

/// The same of a link, which goes both ways.
void note_link(actor_watch& who, const caf::strong_actor_ptr& whom);
void forget_link(actor_watch& who, const caf::strong_actor_ptr& whom);

} // namespace towncrier::hosting
