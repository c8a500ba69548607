#pragma once

#include "codec/envelope.hpp"
#include "model/client_message.hpp"
#include "model/result.hpp"

namespace towncrier::codec {

/// Whether messages of this type say what happened in a simulation. A `batch` holds such messages, and is none itself.
bool is_publishing_type(std::string_view type) noexcept;

/// The publishing types, for sentences.
std::string_view publishing_types() noexcept;

/// Reads one publishing message. Precondition: `is_publishing_type(x.type)`.
model::result<model::publish_input> read_publish(envelope x);

/// Reads an array of messages: good ones become items, the others a sentence each, and past `max_refusals` of them one
/// sentence for all that remain.
model::result<model::publish_request> read_batch(model::value data);

/// The most sentences about one batch.
inline constexpr std::size_t max_refusals = 32;

} // namespace towncrier::codec
