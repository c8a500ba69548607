#pragma once

#include "model/result.hpp"
#include "protocol/options.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Reads the options of a node: flag over environment over file over default. Nothing that is unknown, of the wrong
/// type or impossible is let through, and every complaint names the key, the value, where it came from and what is
/// allowed.
namespace towncrier::node {

/// The environment: names and values.
using environment = std::map<std::string, std::string, std::less<>>;

/// The environment of this process.
environment process_environment();

/// The program has to end here: print `text` (to stdout when `code` is 0, otherwise to stderr).
struct early_exit {
  int code = 0;
  std::string text;
};

/// Reads what follows `towncrier node`: flags, the file that `--config` or `TOWNCRIER_CONFIG` names, the environment.
std::variant<protocol::options, early_exit> parse_options(const std::vector<std::string>& arguments,
                                                          const environment& env);

/// Reads a file alone, over the defaults. The error holds one complaint a line.
model::result<protocol::options> check_config(const std::string& path);

/// The help of `towncrier node`.
std::string node_help();

/// A TOML file with every option, its meaning and its default: `towncrier help config`.
std::string sample_config();

} // namespace towncrier::node
