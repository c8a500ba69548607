#pragma once

#include "nodes/commands/command.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace towncrier::commands {

/// Reads `x` by `app`; gives the exit code when the command cannot go on: what is wrong has been printed.
std::optional<int> read_command_line(CLI::App& app, const arguments& x);

} // namespace towncrier::commands
