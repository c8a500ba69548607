#include "nodes/node.hpp"

#include "nodes/commands/command.hpp"
#include "nodes/log.hpp"
#include "nodes/options/options.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace towncrier::commands {

std::string node_help() { return node::node_help(); }

int run_node(const arguments& x) {
  const auto parsed = node::parse_options(x, node::process_environment());
  if (const auto* exit = std::get_if<node::early_exit>(&parsed)) {
    fmt::print(exit->code == 0 ? stdout : stderr, "{}", exit->text);
    return exit->code;
  }
  const auto& options = std::get<protocol::options>(parsed);
  node::set_up_log(options.log);
  return node::run_node(options);
}

std::string check_config_help() {
  return "Usage: towncrier check-config FILE\n\n"
         "Reads a file of options as 'towncrier node --config FILE' would, without flags and environment, and says "
         "what\n"
         "is wrong with it, a line each. 'towncrier help config' prints a file to begin with.\n\n"
         "Exit codes: 0 the file is good, 2 it is not.\n";
}

int run_check_config(const arguments& x) {
  if (x.size() != 1)
    return fail(misused, "'towncrier check-config' takes one file");
  const auto checked = node::check_config(x.front());
  if (checked)
    return say(x.front() + ": good\n");
  fmt::print(stderr, "{}\n", checked.error());
  return misused;
}

} // namespace towncrier::commands
