#pragma once

#include "codec/format.hpp"
#include "codec/json.hpp"
#include "model/client_message.hpp"
#include "model/result.hpp"

#include <string_view>

namespace towncrier::codec {

/// What was wrong with a client's message, and how the client had named it.
struct command_error {
  std::string message;
  std::optional<model::message_id> id;
};

using command_result = std::variant<model::client_message, command_error>;

/// Reads one message of a client. Total: any bytes give either a checked message or a sentence that names what was
/// wrong and what would be right, for example
/// `character_update: 'character_id' is missing; give a string or an integer`.
command_result parse_command(format f, std::string_view bytes, std::size_t max_depth = default_max_depth);

} // namespace towncrier::codec
