#pragma once

#include "hosting/actor_watch.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

namespace towncrier::hosting {

/// One of our actors, whatever its interface.
class watched_actor {
public:
  virtual ~watched_actor() = default;
  virtual actor_watch& watch() noexcept = 0;
};

/// Notes that `who` monitors `whom` from now on, or does so no more. CAF keeps its own lists to itself; these are for
/// who looks at actors, and cost nothing per message.
void note_monitor(actor_watch& who, const caf::strong_actor_ptr& whom);
void forget_monitor(actor_watch& who, const caf::strong_actor_ptr& whom);

/// The same of a link, which goes both ways.
void note_link(actor_watch& who, const caf::strong_actor_ptr& whom);
void forget_link(actor_watch& who, const caf::strong_actor_ptr& whom);

} // namespace towncrier::hosting
