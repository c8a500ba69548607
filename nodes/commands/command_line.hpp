#pragma once

#include "nodes/commands/command.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace towncrier::commands {

/// Reads `x` by `app`; gives the exit code when the command cannot go on: what is wrong has been printed.
std::optional<int> read_command_line(CLI::App& app, const arguments& x);

/// What is wrong with the channels given as `--subscribe`; empty: nothing.
std::string fault_of_channels(const std::vector<std::string>& xs);

/// Accepts the URLs of nodes: one of `schemes`, as `ws://`. What cannot be an address is a bad argument (exit code 2),
/// and not a node that cannot be reached (1).
CLI::Validator url_of(std::vector<std::string> schemes);

/// The help of `towncrier NAME`, which does what `text` says. `Settings` are default constructed, and
/// `describe(CLI::App&, Settings&)` is found beside them: it names each option.
template <class Settings>
std::string help_of(const char* text, const std::string& name) {
  Settings x;
  CLI::App app{text, "towncrier " + name};
  describe(app, x);
  return app.help();
}

/// Reads the command line of `towncrier NAME` and runs `f` with what it says; gives the exit code.
template <class Settings, class F>
int run_with(const std::string& name, const arguments& line, F f) {
  Settings x;
  CLI::App app{"", "towncrier " + name};
  describe(app, x);
  if (const auto code = read_command_line(app, line))
    return *code;
  return f(x);
}

} // namespace towncrier::commands
