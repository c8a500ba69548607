#include "actors/world/world.hpp"

#include "protocol/replies.hpp"

#include <cmath>

namespace towncrier::world {

namespace {

constexpr double max_rate = 10'000;
constexpr double max_step = 7 * 24 * 3600.0;

/// The number called `key` among the arguments of a command.
std::optional<double> number_argument(const protocol::command_order& x, std::string_view key) {
  const auto* found = model::find(x.args, key);
  const auto number = found == nullptr ? std::nan("") : found->number_or(std::nan(""));
  return std::isnan(number) ? std::nullopt : std::optional{number};
}

} // namespace

world_state::world_state(self_pointer ptr) : self(ptr) {}

void world_state::tick() {
  self->delayed_send(self, options.tick, protocol::tick_atom::value);
  if (!paused && on_its_way.expired())
    step(options.rate * std::chrono::duration<double>(options.tick).count());
}

void world_state::step(double simulated_seconds) {
  publish(town->step(std::chrono::duration<double>{simulated_seconds}));
}

void world_state::publish(town::outcome happened) {
  const auto receipt = std::make_shared<const int>(0);
  on_its_way = receipt;
  if (!happened.changes.empty())
    self->send(services.characters, protocol::character_job{std::move(happened.changes), receipt});
  if (!happened.events.empty())
    self->send(services.events, protocol::event_job{std::move(happened.events), receipt});
}

void world_state::command(const protocol::command_order& x) {
  if (x.name == "step")
    return command_step(x);
  if (x.name == "set_rate")
    return command_set_rate(x);
  if (x.name != "pause" && x.name != "resume" && x.name != "status")
    return refuse(
        self, x, "command '" + x.name + "' is not known; known: pause, resume, step, set_rate, status, debug, metrics");
  if (x.name != "status")
    paused = x.name == "pause";
  reply(self, x, status());
}

void world_state::command_step(const protocol::command_order& x) {
  const auto seconds = model::find(x.args, "seconds") == nullptr ? options.rate : number_argument(x, "seconds");
  if (!seconds || !(*seconds > 0 && *seconds <= max_step))
    return refuse(self, x, "command 'step': 'seconds' must be a number above 0 and at most 604800 (a week)");
  step(*seconds);
  reply(self, x, status());
}

void world_state::command_set_rate(const protocol::command_order& x) {
  const auto rate = number_argument(x, "rate");
  if (!rate || !(*rate > 0 && *rate <= max_rate))
    return refuse(self, x, "command 'set_rate': 'rate' must be above 0 and at most 10000 simulated seconds a second");
  options.rate = *rate;
  reply(self, x, status());
}

model::object world_state::status() const {
  return {{"paused", paused},
          {"rate", options.rate},
          {"characters", std::uint64_t{town->size()}},
          {"day", std::uint64_t{town->clock().day}},
          {"time", town->clock().hour_and_minute()}};
}

protocol::world_actor::behavior_type world(world_state::self_pointer self, world_services services,
                                           std::shared_ptr<const town::definition> town,
                                           protocol::world_options options) {
  auto& state = self->state;
  state.services = std::move(services);
  state.options = std::move(options);
  state.town = std::make_unique<town::simulation>(*town, state.options.seed, state.options.characters);
  state.publish(state.town->initial());
  self->send(self, protocol::tick_atom::value);
  return {
      [self](const protocol::command_order& x) { self->state.command(x); },
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::world
