#include "actors/world/shared_clock.hpp"

#include "codec/json.hpp"

#include <cmath>

namespace towncrier::world {

double shared_clock::simulated_at(std::uint64_t at) const noexcept {
  return paused || at <= wall ? simulated : simulated + rate * static_cast<double>(at - wall) / 1000;
}

shared_clock shared_clock::from(std::uint64_t at) const noexcept {
  auto result = *this;
  result.simulated = simulated_at(at);
  result.wall = at;
  return result;
}

std::string shared_clock::to_json() const {
  std::string out;
  codec::append_json(out, model::object{{"seed", seed},
                                        {"characters", characters},
                                        {"rate", rate},
                                        {"paused", paused},
                                        {"wall", wall},
                                        {"simulated", simulated}});
  return out;
}

std::optional<shared_clock> shared_clock::parse(std::string_view json) {
  const auto parsed = codec::parse_json(json);
  if (!parsed)
    return std::nullopt;
  const auto number = [&](std::string_view key) {
    const auto* found = parsed->find(key);
    return found ? found->number_or(std::nan("")) : std::nan("");
  };
  const auto* paused = parsed->find("paused");
  shared_clock x;
  for (const auto key : {"seed", "characters", "rate", "wall", "simulated"})
    if (!(number(key) >= 0))
      return std::nullopt;
  if (paused == nullptr || paused->get_if<bool>() == nullptr)
    return std::nullopt;
  x.seed = static_cast<std::uint64_t>(number("seed"));
  x.characters = static_cast<std::uint64_t>(number("characters"));
  x.rate = number("rate");
  x.paused = *paused->get_if<bool>();
  x.wall = static_cast<std::uint64_t>(number("wall"));
  x.simulated = number("simulated");
  return x;
}

} // namespace towncrier::world
