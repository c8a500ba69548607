#pragma once

#include "hosting/actor_ties.hpp"
#include "hosting/io_thread.hpp"
#include "hosting/traced_turn.hpp"

#include <caf/actor_system.hpp>
#include <caf/infer_handle.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <typeinfo>
#include <utility>

namespace towncrier::hosting {

/// The base of all our actors: it stays on the `io_thread` that it was spawned on, or with CAF's scheduler when it
/// was spawned on none; what it does is counted, and it says what it is about when it is asked (`state_request`).
template <class Handle>
class placed_actor : public Handle::base, public watched_actor {
public:
  placed_actor(caf::actor_config& cfg, kind_id kind)
      : Handle::base(cfg), home_(dynamic_cast<io_thread*>(cfg.host)), watch_(*this->ctrl(), kind) {}

  using Handle::base::enqueue;

  // The sender's execution unit is ignored: an actor without a home must not run on the I/O thread of whoever
  // happened to wake it.
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    watch_.coming(*what);
    Handle::base::enqueue(std::move(what), home_);
  }

  void launch(caf::execution_unit* eu, bool lazy, bool hide) override {
    Handle::base::launch(home_ != nullptr ? home_ : eu, lazy, hide);
  }

  void initialize() override {
    const actor_watch::setup scope{watch_};
    Handle::base::initialize();
  }

  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    if (!traces_on()) [[likely]]
      return consume_untraced(x);
    const traced_turn turn{watch_};
    return consume_untraced(x);
  }

  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    watch_.end(reason);
    return Handle::base::cleanup(std::move(reason), host);
  }

  // CAF's own, and noted for who looks.

  template <class T>
  void monitor(const T& whom) {
    Handle::base::monitor(whom);
    note_monitor(watch_, caf::actor_cast<caf::strong_actor_ptr>(whom));
  }

  template <class T>
  void demonitor(const T& whom) {
    Handle::base::demonitor(whom);
    forget_monitor(watch_, caf::actor_cast<caf::strong_actor_ptr>(whom));
  }

  template <class T>
  void link_to(const T& whom) {
    Handle::base::link_to(whom);
    note_link(watch_, caf::actor_cast<caf::strong_actor_ptr>(whom));
  }

  template <class T>
  void unlink_from(const T& whom) {
    Handle::base::unlink_from(whom);
    forget_link(watch_, caf::actor_cast<caf::strong_actor_ptr>(whom));
  }

  actor_watch& watch() noexcept override { return watch_; }
  const io_thread* home() const noexcept override { return home_; }
  void* direct_face(const std::type_info&) noexcept override { return nullptr; }

protected:
  /// What the actor shows of itself.
  virtual model::object describe_state() = 0;

private:
  caf::invoke_message_result consume_untraced(caf::mailbox_element& x) {
    if (!counting_enabled.load(std::memory_order_relaxed))
      return consume_uncounted(x);
    actor_watch::turn turn{watch_, x};
    const auto result = consume_uncounted(x);
    if (result == caf::invoke_message_result::skipped)
      turn.skip();
    return result;
  }

  caf::invoke_message_result consume_uncounted(caf::mailbox_element& x) {
    const auto& content = x.content();
    if (content.size() != 1 || content.type(0).second == nullptr || *content.type(0).second != typeid(state_request))
      return Handle::base::consume(x);
    if (x.sender && x.mid.is_request())
      x.sender->enqueue(this->ctrl(), x.mid.response_id(), caf::make_message(state_answer{describe_state()}),
                        this->context());
    return caf::invoke_message_result::consumed;
  }

  io_thread* home_;
  actor_watch watch_;
};

/// An actor whose `State` has a name and says what it shows: `model::object describe() const`. A state that others on
/// the same thread may call without a message names the interface for that: `using direct_face = ...` (see
/// `call_face`).
template <class Handle, class State>
class visible_actor : public placed_actor<Handle> {
public:
  explicit visible_actor(caf::actor_config& cfg) : placed_actor<Handle>(cfg, kind()) {}

  void* direct_face(const std::type_info& what) noexcept override {
    if constexpr (requires { typename State::direct_face; }) {
      // CAF destroys the state when the actor ends, however many still hold the actor.
      if (what == typeid(typename State::direct_face) && !this->getf(caf::abstract_actor::is_terminated_flag))
        return static_cast<typename State::direct_face*>(&whole().state);
    }
    return nullptr;
  }

protected:
  model::object describe_state() override {
    static_assert(
        requires(const State& x) { model::object{x.describe()}; }, "every actor says what it is about");
    return whole().state.describe();
  }

private:
  caf::stateful_actor<State, visible_actor>& whole() noexcept {
    return *static_cast<caf::stateful_actor<State, visible_actor>*>(this);
  }

  static kind_id kind() {
    static const auto number = kind_of(State::name);
    return number;
  }
};

/// An actor with a state, written as a free function:
///
///     hub_actor::behavior_type hub(hosting::pointer<hub_actor, hub_state> self, ...);
template <class Handle, class State>
using actor = caf::stateful_actor<State, visible_actor<Handle, State>>;

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

/// What watches over `x`; nullptr: it is none of our actors.
template <class Handle>
const actor_watch* watch_of(const Handle& x) noexcept {
  auto* found = dynamic_cast<placed_actor<Handle>*>(caf::actor_cast<caf::abstract_actor*>(x));
  return found == nullptr ? nullptr : &found->watch();
}

/// Whether `x`, one of our actors, waits for mail: its mailbox is empty, and it has not ended. For its own thread,
/// where it then stays so.
template <class Handle>
bool waits_for_mail(const Handle& x) noexcept {
  return mailbox_of(x)->blocked();
}

/// What `x` lets `caller`, an actor on the same thread, call without a message; nullptr: nothing of this kind, or it
/// has ended, or it lives elsewhere. May be called for as long as `waits_for_mail(x)`, which has to be asked before
/// each call: an actor's state is gone as soon as the actor has ended. For that reason nobody puts a pointer to a part
/// of an actor into a message: whoever reads the message later asks here.
template <class Face, class Self, class Handle>
Face* call_face(Self& caller, const Handle& x) {
  auto* found = dynamic_cast<watched_actor*>(caf::actor_cast<caf::abstract_actor*>(x));
  if (found == nullptr || found->home() != caller.home())
    return nullptr;
  if (found->home() == nullptr && !has_one_thread(caller.system()))
    return nullptr;
  return static_cast<Face*>(found->direct_face(typeid(Face)));
}

} // namespace towncrier::hosting
