#pragma once

#include "model/client_message.hpp"
#include "tracing/notes.hpp"

#include <span>

namespace towncrier::edge {

/// Notes a step of everything followed that these messages publish.
inline void note_inputs(std::span<model::client_message> messages, const tracing::step& what) {
  if (!hosting::traces_on()) [[likely]]
    return;
  for (auto& message : messages)
    if (auto* published = std::get_if<model::publish_request>(&message.body))
      for (auto& item : published->items)
        std::visit([&](auto& input) { input.trace = tracing::note(input.trace, what); }, item);
}

} // namespace towncrier::edge
