#pragma once

#include "model/result.hpp"
#include "model/value.hpp"
#include "nodes/commands/command_line.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace towncrier::commands {

/// How the operators' side of a node is reached, and what is printed.
struct admin_settings {
  std::string url = "http://127.0.0.1:8766";
  std::string token;
  bool json = false;
};

/// The flags that every command of inspection takes.
void add_admin_flags(CLI::App& app, admin_settings& x);

/// Accepts what can name a connection: `c17`, or 17.
CLI::Validator connection_name();

/// The parameters of a question, not encoded.
using admin_query = std::vector<std::pair<std::string, std::string>>;

/// Asks for a page below `/api/v1/`. The error says what the node answered instead. `give_up`, where it is not empty,
/// is asked now and then whether nobody waits any more.
model::result<model::value> ask_admin(const admin_settings& to, const std::string& page, const admin_query& query = {},
                                      const std::function<bool()>& give_up = {});

/// Sends a request of any method to a page below `/api/v1/`, with `body` as JSON where it is not nullptr.
model::result<model::value> send_admin(const admin_settings& to, const std::string& method, const std::string& page,
                                       const model::value* body, const std::function<bool()>& give_up = {});

/// Prints `x` as one line of JSON.
int say_json(const model::value& x);

/// Members of an answer, as they are shown to people; a missing one reads as empty or 0.
std::string text_in(const model::value& x, std::string_view key);
double number_in(const model::value& x, std::string_view key);
const model::array& rows_in(const model::value& x, std::string_view key);

} // namespace towncrier::commands
