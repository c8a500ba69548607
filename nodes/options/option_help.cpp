#include "nodes/options/option_table.hpp"
#include "nodes/options/options.hpp"

#include <fmt/format.h>

namespace towncrier::node {

namespace {

std::string with_default(const option& x) {
  const auto text = default_text(x);
  return text.empty() ? std::string{x.help} : fmt::format("{} [{}]", x.help, text);
}

/// The default as a TOML value.
std::string toml_value(const option& x) {
  const auto text = default_text(x);
  const bool bare = x.kind == value_kind::whole || x.kind == value_kind::real || x.kind == value_kind::boolean;
  if (x.kind != value_kind::list)
    return bare ? text : fmt::format("\"{}\"", text);
  std::string result = "[";
  for (const char c : text)
    result += c == ',' ? std::string{"\", \""} : std::string{c};
  if (text.empty())
    return "[]";
  return result.insert(1, "\"") + "\"]";
}

/// Calls `begin(section)` and `add(option)` in the order of the table.
template <class Begin, class Add>
void each(Begin begin, Add add) {
  std::string_view section;
  for (const auto& x : option_table()) {
    if (x.key == "inspection.slow_actor") // for tests alone
      continue;
    if (x.section() != section)
      begin(section = x.section());
    add(x);
  }
}

} // namespace

std::string node_help() {
  std::string out = "Usage: towncrier node [--config FILE] [flags]\n"
                    "\n"
                    "Runs a node until SIGTERM or SIGINT; SIGHUP reads tokens and certificates again. Without any\n"
                    "flag: the built-in town, for viewers on this machine. Prints its addresses to stdout and logs to\n"
                    "stderr.\n"
                    "\n"
                    "Every option can be given in three ways; a flag beats the environment, which beats the file:\n"
                    "\n"
                    "  flag         --edge.max-connections 5000\n"
                    "  environment  TOWNCRIER_EDGE_MAX_CONNECTIONS=5000\n"
                    "  file         [edge]\n"
                    "               max_connections = 5000\n"
                    "\n"
                    "DURATION: 500us, 2ms, 15s, 5m, 1h, or a plain number of milliseconds.\n"
                    "BYTES: 64KiB, 16MiB, 1GiB, or a plain number. LIST: words with commas between them.\n"
                    "BOOLEAN: true or false; a flag alone means true. Paths are relative to the working folder.\n"
                    "\n"
                    "  --config FILE  TOML file of options (environment: TOWNCRIER_CONFIG);\n"
                    "                 'towncrier help config' prints one with every default\n"
                    "  -h, --help     this text\n";
  each([&](std::string_view section) { out += fmt::format("\n{}: {}\n", section, section_help(section)); },
       [&](const option& x) {
         out += fmt::format("  {} {}\n      {}\n", flag_name(x), placeholder(x.kind), with_default(x));
       });
  return out + "\nExit codes: 0 stopped in order, 1 could not start, 2 options that are not possible.\n";
}

std::string sample_config() {
  std::string out = "# Every option of a Towncrier node with its default. Durations: 500us, 2ms, 15s, 5m, 1h.\n"
                    "# Sizes: 64KiB, 16MiB, 1GiB.\n";
  each([&](std::string_view section) { out += fmt::format("\n# {}\n[{}]\n", section_help(section), section); },
       [&](const option& x) {
         out += fmt::format("# {}\n#   ({})\n{} = {}\n", x.help, x.allowed, x.name(), toml_value(x));
       });
  return out;
}

} // namespace towncrier::node
