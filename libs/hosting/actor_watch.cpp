#include "hosting/actor_shard.hpp"
#include "model/wall_clock.hpp"

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <thread>

namespace towncrier::hosting {

actor_watch::actor_watch(caf::actor_control_block& self, kind_id kind) : self_(self), parent_(current_), kind_(kind) {
  counters_.spawned = milliseconds_up();
  slow_ = slowness_of(kind).count() != 0;
  counters_here(kind).spawned.add();
  actor_shard::of(id()).link(*this);
}

actor_watch::~actor_watch() {
  unlink();
  delete label_.load(std::memory_order_relaxed);
}

void actor_watch::unlink() noexcept {
  const std::lock_guard guard{actor_shard::of(id()).mutex};
  if (back_ == nullptr)
    return;
  *back_ = next_;
  if (next_ != nullptr)
    next_->back_ = back_;
  back_ = nullptr;
}

void actor_watch::end(const caf::error& reason) noexcept {
  if (std::exchange(ended_, true))
    return;
  unlink();
  counters_here(kind_).ended.add();
  const auto* name = label_.load(std::memory_order_relaxed);
  std::string why;
  if (reason && reason != caf::exit_reason::unreachable)
    why = self_.home_system->render(reason);
  remember_ended({id(), kind_, name == nullptr ? "" : *name, std::move(why), model::wall_clock()});
}

void actor_watch::label(std::string x) {
  if (label_.load(std::memory_order_relaxed) == nullptr)
    label_.store(new std::string{std::move(x)}, std::memory_order_release);
}

// -- messages

void actor_watch::time_wait_of(const caf::mailbox_element& x) noexcept {
  // Marked as taken until the time stands there.
  const void* none = nullptr;
  if (!counters_.sample.compare_exchange_strong(none, this, std::memory_order_relaxed))
    return;
  counters_.sampled_at.store(ticks(), std::memory_order_relaxed);
  counters_.sample.store(&x, std::memory_order_release);
}

void actor_watch::note_wait(std::uint64_t now) noexcept {
  const auto nanoseconds = nanoseconds_of(now - counters_.sampled_at.load(std::memory_order_relaxed));
  counters_.sample.store(nullptr, std::memory_order_relaxed);
  counters_.last_wait.set(static_cast<std::uint32_t>(std::min<std::uint64_t>(nanoseconds / 1000, UINT32_MAX)));
  counters_here(kind_).waited.add(nanoseconds);
}

actor_watch::turn::turn(actor_watch& who, caf::mailbox_element& x) noexcept
    : who_(who), before_(std::exchange(current_, who.id())), begin_(ticks()) {
  auto& mine = who.counters_;
  mine.running_since.set(begin_);
  if (const auto depth = mine.depth(); depth > mine.peak.get())
    mine.peak.set(static_cast<std::uint32_t>(std::min<std::uint64_t>(depth, UINT32_MAX)));
  if (mine.sample.load(std::memory_order_acquire) == &x)
    who.note_wait(begin_);
  const auto& content = x.content();
  if (content.size() != 0) {
    const auto type = content.type(0);
    if (type.second == nullptr) {
      mine.last_type.set(&typeid(caf::atom_value));
      mine.last_atom.set(type.first == caf::type_nr<caf::atom_value>::value
                             ? static_cast<std::uint64_t>(content.get_as<caf::atom_value>(0))
                             : 0);
    } else if (type.second != &typeid(state_request)) { // who looks on is not what an actor is about
      mine.last_type.set(type.second);
    }
  }
  if (who.slow_)
    spend_slowly(slowness_of(who.kind_));
}

actor_watch::turn::~turn() {
  const auto spent = ticks() - begin_;
  current_ = before_;
  auto& mine = who_.counters_;
  auto& kind = counters_here(who_.kind_);
  mine.busy.add(spent);
  mine.running_since.set(0);
  kind.busy.add(nanoseconds_of(spent));
  if (skipped_) {
    mine.skipped.add();
    kind.skipped.add();
  } else {
    mine.consumed.add();
    kind.handled.add();
  }
}

parent_scope::parent_scope(caf::actor_id parent) noexcept : before_(actor_watch::exchange_current(parent)) {}
parent_scope::~parent_scope() { actor_watch::exchange_current(before_); }

} // namespace towncrier::hosting
