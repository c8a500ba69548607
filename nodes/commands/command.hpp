#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The subcommands of `towncrier`, its face.
namespace towncrier::commands {

/// What follows the subcommand on the command line.
using arguments = std::vector<std::string>;

/// How the program ends.
enum exit_code : int {
  done = 0,    ///< it did what it was asked
  failed = 1,  ///< something went wrong while it ran
  misused = 2, ///< the command line or a file is not what it has to be; nothing was begun
};

/// One subcommand.
struct command {
  std::string_view name;
  std::string_view summary;
  /// Its whole help.
  std::string (*help)();
  /// Runs it and gives the exit code.
  int (*run)(const arguments&);
};

/// All of them, in the order in which help shows them.
std::span<const command> all_commands();

/// Runs what a whole command line asks for.
int run(const arguments& line);

/// Prints `text` to stdout and gives `done`.
int say(const std::string& text);

/// Prints `towncrier: text` to stderr and gives `code`.
int fail(exit_code code, const std::string& text);

std::string node_help();
int run_node(const arguments& x);
std::string watch_help();
int run_watch(const arguments& x);
std::string publish_help();
int run_publish(const arguments& x);
std::string load_help();
int run_load(const arguments& x);
std::string token_help();
int run_token(const arguments& x);
std::string certificates_help();
int run_certificates(const arguments& x);
std::string top_help();
int run_top(const arguments& x);
std::string actors_help();
int run_actors(const arguments& x);
std::string inspect_help();
int run_inspect(const arguments& x);
std::string nodes_help();
int run_nodes(const arguments& x);
std::string why_help();
int run_why(const arguments& x);
std::string act_help();
int run_act(const arguments& x);
std::string trace_help();
int run_trace(const arguments& x);
std::string check_config_help();
int run_check_config(const arguments& x);
std::string help_help();
int run_help(const arguments& x);
std::string version_help();
int run_version(const arguments& x);

} // namespace towncrier::commands
