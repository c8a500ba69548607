#pragma once

#include "hosting/io_thread.hpp"

#include <caf/actor_system.hpp>
#include <caf/infer_handle.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace towncrier::hosting {

/// The base of all our actors: it stays on the `io_thread` that it was spawned on, or with CAF's scheduler when it
/// was spawned on none.
template <class Handle>
class placed_actor : public Handle::base {
public:
  explicit placed_actor(caf::actor_config& cfg) : Handle::base(cfg), home_(dynamic_cast<io_thread*>(cfg.host)) {}

  using Handle::base::enqueue;

  // The sender's execution unit is ignored: an actor without a home must not run on the I/O thread of whoever
  // happened to wake it.
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    Handle::base::enqueue(std::move(what), home_);
  }

  void launch(caf::execution_unit* eu, bool lazy, bool hide) override {
    Handle::base::launch(home_ != nullptr ? home_ : eu, lazy, hide);
  }

private:
  io_thread* home_;
};

/// An actor with a state, written as a free function:
///
///     hub_actor::behavior_type hub(hosting::pointer<hub_actor, hub_state> self, ...);
template <class Handle, class State>
using actor = caf::stateful_actor<State, placed_actor<Handle>>;

template <class Handle, class State>
using pointer = actor<Handle, State>*;

/// Spawns the actor that `fun` describes on `where`; with CAF's scheduler when that is nullptr.
template <class Fun, class... Args>
auto spawn_on(caf::actor_system& system, io_thread* where, Fun fun, Args&&... args) {
  using impl = caf::infer_impl_from_fun_t<Fun>;
  caf::actor_config cfg{where};
  caf::detail::init_fun_factory<impl, Fun> factory;
  cfg.init_fun = factory(std::move(fun), std::forward<Args>(args)...);
  return system.spawn_impl<impl, caf::no_spawn_options>(cfg);
}

/// Of one of our actors.
template <class Handle>
caf::scheduled_actor::mailbox_type* mailbox_of(const Handle& x) noexcept {
  return &static_cast<caf::scheduled_actor*>(caf::actor_cast<caf::abstract_actor*>(x))->mailbox();
}

/// Whether `x`, one of our actors, waits for mail: its mailbox is empty, and it has not ended. For its own thread,
/// where it then stays so.
template <class Handle>
bool waits_for_mail(const Handle& x) noexcept {
  return mailbox_of(x)->blocked();
}

} // namespace towncrier::hosting
