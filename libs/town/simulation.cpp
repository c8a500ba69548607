#include "town/simulation.hpp"

#include "town/engine.hpp"

namespace towncrier::town {

simulation::simulation(definition town, std::uint64_t seed, std::size_t characters)
    : engine_(std::make_unique<engine>(std::move(town), seed, characters)) {}

simulation::~simulation() = default;
simulation::simulation(simulation&&) noexcept = default;
simulation& simulation::operator=(simulation&&) noexcept = default;

outcome simulation::initial() const { return engine_->initial(); }

outcome simulation::step(std::chrono::duration<double> simulated) { return engine_->step(simulated); }

// In slices, so that what is not told need not be held.
void simulation::skip(std::chrono::duration<double> simulated) {
  constexpr std::chrono::duration<double> slice = std::chrono::minutes{10};
  for (; simulated > slice; simulated -= slice)
    static_cast<void>(engine_->step(slice));
  static_cast<void>(engine_->step(simulated));
}

town_time simulation::clock() const noexcept { return read_clock(engine_->now()); }

std::string_view simulation::weather() const noexcept { return to_string(engine_->sky().kind); }

std::size_t simulation::size() const noexcept { return engine_->size(); }

const definition& simulation::town() const noexcept { return engine_->town(); }

std::optional<model::character_input> simulation::find(const model::character_id& id) const {
  return engine_->find(id);
}

} // namespace towncrier::town
