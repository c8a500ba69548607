#include "actors/edge/authenticator.hpp"

#include "model/wall_clock.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::edge {

namespace {

protocol::credentials_read read_files(const protocol::auth_options& options) {
  auto loaded = credentials::load(options);
  if (!loaded)
    return {nullptr, loaded.error()};
  return {std::make_shared<const credentials>(std::move(*loaded)), {}};
}

} // namespace

authenticator_state::authenticator_state(self_pointer ptr) : self(ptr) {}

void authenticator_state::reload() {
  // Only the address: a thread whose disk does not answer must not keep a node that ends.
  auto task = [options = services.options, me = self->address()] {
    auto files = read_files(options);
    if (const auto who = caf::actor_cast<protocol::authenticator_actor>(me))
      caf::anon_send(who, std::move(files));
  };
  if (services.elsewhere)
    services.elsewhere(std::move(task));
  else
    task();
}

/// Whether they could be read.
bool authenticator_state::take(const protocol::credentials_read& x) {
  load_error = x.error;
  if (!x.now) {
    spdlog::error("the tokens that were known stay in force: {}", load_error);
    return false;
  }
  known = x.now;
  loaded_at = model::wall_clock();
  return true;
}

void authenticator_state::take_again(const protocol::credentials_read& x) {
  if (!take(x))
    return;
  spdlog::info("in force now: {} tokens and {} keys of JWTs", known->token_count(), known->key_count());
  if (services.admission)
    self->send(services.admission, protocol::grants_changed{std::make_shared<const protocol::grants>(known->grants())});
}

protocol::verify_result authenticator_state::verify(const protocol::verify_request& x) {
  const auto who = known->verify(x.token, model::wall_clock());
  if (!who) {
    refuse(who, x.peer);
    return {std::nullopt, who.error(), {}};
  }
  services.counts->accepted.add();
  return {*who, {}, who.grant()};
}

void authenticator_state::refuse(const verdict& x, const std::string& peer) {
  services.counts->of(x.fault()).add();
  const auto count = refusals.note(x.fault(), self->clock().now());
  if (count == 0)
    return;
  const auto more = count == 1 ? std::string{} : fmt::format(" ({} since the last such line)", count);
  spdlog::info("a token of {} is refused: {}{}", peer.empty() ? "somebody" : peer, x.error(), more);
}

model::object authenticator_state::describe() const {
  model::object refused;
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < protocol::token_faults.size(); ++i)
    if (const auto n = services.counts->refused[i].get(); n != 0) {
      refused.emplace_back(protocol::token_faults[i], n);
      all += n;
    }
  return {{"enabled", services.options.enabled()},
          {"tokens", std::uint64_t{known->token_count()}},
          {"takes_jwts", known->key_count() != 0},
          {"jwt_keys", std::uint64_t{known->key_count()}},
          {"accepted", services.counts->accepted.get()},
          {"refused", all},
          {"refused_by_reason", std::move(refused)},
          {"loaded_at", loaded_at},
          {"load_error", load_error}};
}

protocol::authenticator_actor::behavior_type authenticator(authenticator_state::self_pointer self,
                                                           authenticator_services services) {
  self->state.services = std::move(services);
  self->state.take(read_files(self->state.services.options));
  return {
      [self](const protocol::verify_request& x) { return self->state.verify(x); },
      [self](protocol::reload_atom) { self->state.reload(); },
      [self](const protocol::credentials_read& x) { self->state.take_again(x); },
  };
}

} // namespace towncrier::edge
