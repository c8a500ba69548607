#include "actors/world/town_command.hpp"

#include <array>
#include <cmath>

namespace towncrier::world {

namespace {

using kind = town_command::kind;

constexpr double max_rate = 10'000;
constexpr double max_step = 7 * 24 * 3600.0;

constexpr std::array<std::pair<std::string_view, kind>, 5> names{{{"pause", kind::pause},
                                                                  {"resume", kind::resume},
                                                                  {"step", kind::step},
                                                                  {"set_rate", kind::set_rate},
                                                                  {"status", kind::status}}};

/// The number called `key` among the arguments of a command.
double number_argument(const protocol::command_order& x, std::string_view key) {
  const auto* found = model::find(x.args, key);
  return found == nullptr ? std::nan("") : found->number_or(std::nan(""));
}

} // namespace

model::result<town_command> read_town_command(const protocol::command_order& x, double rate) {
  for (const auto& [name, what] : names) {
    if (name != x.name)
      continue;
    town_command result{what, 0};
    if (what == kind::step) {
      result.number = model::find(x.args, "seconds") == nullptr ? rate : number_argument(x, "seconds");
      if (!(result.number > 0 && result.number <= max_step))
        return model::failure{"command 'step': 'seconds' must be a number above 0 and at most 604800 (a week)"};
    }
    if (what == kind::set_rate) {
      result.number = number_argument(x, "rate");
      if (!(result.number > 0 && result.number <= max_rate))
        return model::failure{
            "command 'set_rate': 'rate' must be above 0 and at most 10000 simulated seconds a second"};
    }
    return result;
  }
  return model::failure{"command '" + x.name +
                        "' is not known; known: pause, resume, step, set_rate, status, debug, metrics"};
}

} // namespace towncrier::world
