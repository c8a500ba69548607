#include "actors/edge/authenticator.hpp"

#include "model/wall_clock.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::edge {

void authenticator_state::load() {
  auto loaded = credentials::load(options);
  load_error = loaded ? std::string{} : loaded.error();
  if (!loaded)
    return spdlog::error("the tokens that were known stay in force: {}", load_error);
  known = std::move(*loaded);
  loaded_at = model::wall_clock();
}

protocol::verify_result authenticator_state::verify(const protocol::verify_request& x) {
  auto who = known.verify(x.token, model::wall_clock());
  ++(who ? accepted : refused);
  if (!who)
    return {std::nullopt, who.error()};
  return {std::move(*who), {}};
}

model::object authenticator_state::describe() const {
  return {{"enabled", options.enabled()},
          {"tokens", std::uint64_t{known.token_count()}},
          {"takes_jwts", known.takes_jwts()},
          {"accepted", accepted},
          {"refused", refused},
          {"loaded_at", loaded_at},
          {"load_error", load_error}};
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
