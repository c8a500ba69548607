#pragma once

#include "model/client_message.hpp"
#include "tracing/board.hpp"
#include "tracing/notes.hpp"

#include <span>
#include <string>

namespace towncrier::edge {

/// Marks what is followed of what these messages, just read from the client that people call `connection`, publish;
/// and notes that it was received.
void begin_following(std::span<model::client_message> messages, tracing::board& traces, const std::string& connection);

/// Notes a step of everything followed that these messages publish.
void note_inputs(std::span<model::client_message> messages, const tracing::step& what);

} // namespace towncrier::edge
