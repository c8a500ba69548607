#pragma once

#include "model/value.hpp"

#include <string>
#include <string_view>

namespace towncrier::commands {

/// One message of a node as a line for people, without the line break: when, what, who, where. `colour` adds the escape
/// sequences of a terminal.
std::string readable(const model::value& message, bool colour);

/// `text` without anything that a terminal would act on: control characters become `?`.
std::string for_terminal(std::string_view text);

} // namespace towncrier::commands
