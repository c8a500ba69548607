#pragma once

#include "model/value.hpp"
#include "nodes/commands/recording.hpp"

#include <map>
#include <string>
#include <vector>

namespace towncrier::commands {

/// Turns recorded movement into what a simulation says of its characters: a vehicle is a character, its street its
/// location.
class movement {
public:
  /// With `remove`, vehicles that a step does not show any more leave the simulation; otherwise they stay where they
  /// were.
  explicit movement(bool remove) : remove_(remove) {}

  /// The messages of one time, in the order of its rows.
  std::vector<model::value> messages(const movement_step& step);

private:
  bool remove_;
  /// When a vehicle was seen last, and how its id was written.
  struct sighting {
    double t = 0;
    bool integer_id = false;
  };
  std::map<std::string, sighting> seen_;
};

/// The last whole state of every character that messages told of: what a node that knows nothing needs to hear.
class last_states {
public:
  /// Takes in what one publishing message says.
  void apply(const model::value& message);

  /// A `character_update` for each character.
  std::vector<model::value> messages() const;

private:
  std::map<std::string, model::object> states_;
};

} // namespace towncrier::commands
