#pragma once

#include "model/value.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace towncrier::commands {

/// Everything of one actor, as `/api/v1/actors/ID` answers it, in lines of at most `width` columns. `now`: seconds
/// since the Unix epoch.
std::vector<std::string> actor_details(const model::value& actor, double now, std::size_t width);

/// The members of `x`, a line each, `key  value`, those of members below them further to the right.
std::vector<std::string> value_lines(const model::value& x, std::size_t width, std::size_t indent = 0);

} // namespace towncrier::commands
