#include "hosting/actor_ties.hpp"

#include "hosting/actor_shard.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

namespace towncrier::hosting {

namespace {

using relation = actor_tie::relation;

/// nullptr: none of our actors here.
actor_watch* watch_of(const caf::strong_actor_ptr& x) {
  auto* found = x ? dynamic_cast<watched_actor*>(caf::actor_cast<caf::abstract_actor*>(x)) : nullptr;
  return found == nullptr ? nullptr : &found->watch();
}

} // namespace

bool has_one_thread(const caf::actor_system& system) {
  return caf::get_or(system.config(), "scheduler.policy", caf::atom("")) == caf::atom("testing");
}

void note_monitor(actor_watch& who, const caf::strong_actor_ptr& whom) {
  // Where it is seen from the other end: an actor may monitor thousands, and is monitored by few.
  if (auto* other = watch_of(whom))
    other->tie({relation::monitored_by, who.id()});
  else if (whom)
    who.tie({relation::monitors_elsewhere, whom->id()});
}

void forget_monitor(actor_watch& who, const caf::strong_actor_ptr& whom) {
  if (auto* other = watch_of(whom))
    other->untie({relation::monitored_by, who.id()});
  else if (whom)
    who.untie({relation::monitors_elsewhere, whom->id()});
}

void note_link(actor_watch& who, const caf::strong_actor_ptr& whom) {
  auto* other = watch_of(whom);
  if (other != nullptr)
    other->tie({relation::linked, who.id()});
  if (whom)
    who.tie({other != nullptr ? relation::linked : relation::linked_elsewhere, whom->id()});
}

void forget_link(actor_watch& who, const caf::strong_actor_ptr& whom) {
  auto* other = watch_of(whom);
  if (other != nullptr)
    other->untie({relation::linked, who.id()});
  if (whom)
    who.untie({other != nullptr ? relation::linked : relation::linked_elsewhere, whom->id()});
}

void actor_watch::tie(actor_tie x) {
  auto fresh = std::make_unique<actor_tie>(std::move(x));
  const std::lock_guard guard{actor_shard::of(id()).mutex};
  fresh->next = std::move(ties_);
  ties_ = std::move(fresh);
}

void actor_watch::untie(const actor_tie& x) {
  const std::lock_guard guard{actor_shard::of(id()).mutex};
  for (auto* at = &ties_; *at; at = &(*at)->next)
    if ((*at)->what == x.what && (*at)->who == x.who) {
      *at = std::move((*at)->next);
      return;
    }
}

} // namespace towncrier::hosting
