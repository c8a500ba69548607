#pragma once

#include "model/value.hpp"

#include <string>

namespace towncrier::commands {

/// One message of a trace as a tree for people: who had it, how long it waited and was worked on, and what became of
/// it for each viewer. Lines of at most 80 columns.
std::string trace_tree(const model::value& message);

/// How a trace ended, as a line.
std::string trace_end(const model::value& trace);

} // namespace towncrier::commands
