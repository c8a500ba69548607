#include "actors/world/world.hpp"

#include "actors/world/town_command.hpp"
#include "protocol/replies.hpp"
#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::world {

void world_services::follow(town::outcome& x) const {
  const auto begin = [this](auto& input) {
    const auto what = tracing::about_of(input);
    input.trace = tracing::note(traces->begin(what, {}, nullptr), {.name = "ticked", .what = what});
  };
  std::for_each(x.changes.begin(), x.changes.end(), begin);
  std::for_each(x.events.begin(), x.events.end(), begin);
}

world_state::world_state(self_pointer ptr) : self(ptr) {}

void world_state::tick() {
  self->delayed_send(self, options.tick, protocol::tick_atom::value);
  if (!paused && on_its_way.expired())
    step(options.rate * std::chrono::duration<double>(options.tick).count());
}

void world_state::step(double simulated_seconds) {
  publish(town->step(std::chrono::duration<double>{simulated_seconds}));
}

void world_state::publish(town::outcome happened) { on_its_way = services.tell(self, std::move(happened)); }

void world_state::command(const protocol::command_order& x) {
  using kind = town_command::kind;
  const auto read = read_town_command(x, options.rate);
  if (!read)
    return refuse(self, x, read.error());
  if (read->what == kind::step)
    step(read->number);
  else if (read->what == kind::set_rate)
    options.rate = read->number;
  else if (read->what != kind::status)
    paused = read->what == kind::pause;
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
      [](const protocol::cluster_view&) {}, // it is alone
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::world
