#include "nodes/commands/command.hpp"

#include "nodes/options/options.hpp"
#include "nodes/options/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace towncrier::commands {

namespace {

constexpr std::array<command, 16> commands{{
    {"node", "run a node: the built-in town, and clients over WebSocket", node_help, run_node},
    {"watch", "show what a viewer sees", watch_help, run_watch},
    {"publish", "play recorded movement to a node", publish_help, run_publish},
    {"load", "test how a node bears many viewers", load_help, run_load},
    {"token", "make a token for a client", token_help, run_token},
    {"certificates", "make certificates for the links between nodes", certificates_help, run_certificates},
    {"top", "show the busiest actors of a node, live", top_help, run_top},
    {"actors", "list the actors of a node", actors_help, run_actors},
    {"inspect", "show one actor with its state", inspect_help, run_inspect},
    {"nodes", "list the nodes", nodes_help, run_nodes},
    {"why", "say why a client saw a change, or did not", why_help, run_why},
    {"trace", "follow messages through every actor to the sockets", trace_help, run_trace},
    {"act", "end a connection, restart or pause a character, set the log level", act_help, run_act},
    {"check-config", "check a file of options", check_config_help, run_check_config},
    {"help", "explain a command, or print every option", help_help, run_help},
    {"version", "print the version", version_help, run_version},
}};

bool asks_for_help(const std::string& x) { return x == "--help" || x == "-h"; }

const command* find(std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(), [&](const command& x) { return x.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

int unknown(const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& x : commands)
    names.push_back(x.name);
  return fail(misused,
              fmt::format("'{}' is no command{}; 'towncrier help' lists them", name, node::did_you_mean(name, names)));
}

std::string overview() {
  std::string out = "Towncrier carries what happens in a simulation to everyone who watches it.\n\n"
                    "Usage: towncrier COMMAND [arguments]\n\n";
  for (const auto& x : commands)
    out += fmt::format("  {:<14}{}\n", x.name, x.summary);
  return out + "\nTo begin: 'towncrier node', then open the page whose address it prints, or 'towncrier watch'.\n"
               "'towncrier help COMMAND' says more about a command.\n\n"
               "Exit codes of all: 0 it did what it was asked; 1 it could not, or what was named is not there; 2 the "
               "command\n"
               "line or a file is not what it has to be, and nothing was begun.\n";
}

} // namespace

std::span<const command> all_commands() { return commands; }

int run(const arguments& line) {
  if (line.empty()) {
    fmt::print(stderr, "{}", overview());
    return misused;
  }
  if (asks_for_help(line.front()))
    return say(overview());
  if (line.front() == "--version")
    return run_version({});
  const auto* found = find(line.front());
  if (found == nullptr)
    return unknown(line.front());
  const arguments rest{line.begin() + 1, line.end()};
  return std::any_of(rest.begin(), rest.end(), asks_for_help) ? say(found->help()) : found->run(rest);
}

int say(const std::string& text) {
  fmt::print("{}", text);
  return std::fflush(stdout) == 0 ? done : failed;
}

int fail(exit_code code, const std::string& text) {
  fmt::print(stderr, "towncrier: {}\n", text);
  return code;
}

std::string help_help() {
  return "Usage: towncrier help [COMMAND]\n\n"
         "Explains a command. 'towncrier help config' prints a file with every option of a node and its default.\n";
}

int run_help(const arguments& x) {
  if (x.empty())
    return say(overview());
  if (x.size() > 1)
    return fail(misused, "'towncrier help' takes one command");
  if (x.front() == "config")
    return say(node::sample_config());
  const auto* found = find(x.front());
  return found ? say(found->help()) : unknown(x.front());
}

std::string version_help() { return "Usage: towncrier version\n\nPrints the version.\n"; }

int run_version(const arguments& x) {
  if (!x.empty())
    return fail(misused, fmt::format("'towncrier version' takes no arguments, not '{}'", x.front()));
  return say("towncrier " TOWNCRIER_VERSION "\n");
}

} // namespace towncrier::commands
