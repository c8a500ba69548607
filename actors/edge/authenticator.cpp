#include "actors/edge/authenticator.hpp"

#include "model/wall_clock.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::edge {

void authenticator_state::load() {
  if (auto loaded = credentials::load(options))
    known = std::move(*loaded);
  else
    spdlog::error("the tokens that were known stay in force: {}", loaded.error());
}

protocol::verify_result authenticator_state::verify(const protocol::verify_request& x) const {
  auto who = known.verify(x.token, model::wall_clock());
  if (!who)
    return {std::nullopt, who.error()};
  return {std::move(*who), {}};
}

protocol::authenticator_actor::behavior_type
authenticator(hosting::pointer<protocol::authenticator_actor, authenticator_state> self,
              protocol::auth_options options) {
  self->state.options = std::move(options);
  self->state.load();
  return {
      [self](const protocol::verify_request& x) { return self->state.verify(x); },
      [self](protocol::reload_atom) { self->state.load(); },
  };
}

} // namespace towncrier::edge
