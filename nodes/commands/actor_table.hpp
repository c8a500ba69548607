#pragma once

#include "model/value.hpp"

#include <string>

namespace towncrier::commands {

/// The columns of `actor_line`.
std::string actor_heading(std::size_t width);

/// An actor as a line of at most `width` columns.
std::string actor_line(const model::value& x, std::size_t width, std::size_t depth = 0);

/// A value over several lines, `key: value`, for people.
std::string shown_value(const model::value& x, std::size_t depth = 0);

} // namespace towncrier::commands
