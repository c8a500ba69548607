#pragma once

#include "town/dice.hpp"
#include "town/names.hpp"
#include "town/person.hpp"

#include <map>
#include <vector>

namespace towncrier::town {

/// Everybody who lives in a town, and everywhere where they can be.
struct population {
  std::vector<spot> spots;
  std::vector<person> people;
  /// The errands of each job, in the order of `definition::jobs`.
  std::vector<std::vector<outing>> outings;
  /// The spots of each kind; houses of generated people are not among the homes.
  std::map<place_kind, std::vector<spot_index>> by_kind;
};

/// The first `count` written characters, and as many generated ones as are missing, in houses along the streets.
/// Precondition: `town` is free of faults and outlives the result.
population populate(const definition& town, const street_map& streets, std::size_t count, dice& chance);

} // namespace towncrier::town
