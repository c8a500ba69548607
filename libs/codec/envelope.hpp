#pragma once

#include "model/client_message.hpp"
#include "model/result.hpp"

#include <optional>
#include <string>

namespace towncrier::codec {

/// What every message has, before anything is known of its type.
struct envelope {
  std::string type;
  model::value data;
  /// Seconds since the Unix epoch, when the client said so.
  std::optional<double> timestamp;
  /// What the client says that the message is part of; nullptr: nothing that can be read.
  model::trace_ptr trace{};
};

/// How the client named `message`: its `id`, when it has one that is a string or an integer.
std::optional<model::message_id> find_id(const model::value& message);

/// Takes a message apart. Whether its type is known is not checked.
model::result<envelope> read_envelope(model::value message);

} // namespace towncrier::codec
