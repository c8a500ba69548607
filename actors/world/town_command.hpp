#pragma once

#include "model/result.hpp"
#include "protocol/interfaces.hpp"

namespace towncrier::world {

/// What an operator wants of the town.
struct town_command {
  enum class kind : std::uint8_t { pause, resume, step, set_rate, status };
  town_command::kind what = kind::status;
  /// `step`: simulated seconds; `set_rate`: simulated seconds a second.
  double number = 0;
};

/// Reads a command; the failure names what may be said. `rate` is how many seconds a step has that does not say.
model::result<town_command> read_town_command(const protocol::command_order& x, double rate);

} // namespace towncrier::world
