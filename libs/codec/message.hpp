#pragma once

#include "codec/format.hpp"
#include "model/change.hpp"

#include <span>
#include <string>
#include <string_view>

namespace towncrier::codec {

/// What follows writes integers that JavaScript would round as strings in JSON (see `append_safe_json`), and as
/// integers in MessagePack, but for `encode_message` and `encode_value`, which leave them numbers: what stands there is
/// the server's own, or an `id` that its client wrote.

/// Encodes one change as one whole message, `{type, data, timestamp}` in this order, without a position. Such
/// fragments are made once and put together for many clients by `assemble`.
std::string encode_change(format f, const model::change& x);

/// Encodes the whole state of a character as a `character_update`: snapshots, and what enters a viewer's area.
std::string encode_update(format f, const model::character& x);

/// Encodes a `character_removed` with a `reason`: the character is there, but not for this viewer any more.
std::string encode_removed(format f, const model::character& x, std::string_view reason);

/// Puts fragments into the one message that a client is sent: none give nothing, one stands bare, more become a
/// `batch`. `position` becomes a top-level key unless it is empty; `timestamp` is the batch's, in seconds since the
/// Unix epoch.
std::string assemble(format f, std::span<const std::string_view> fragments, std::string_view position,
                     double timestamp);

/// Encodes any other message of the server (welcome, heartbeat, error, ...) from its type and data.
std::string encode_message(format f, std::string_view type, const model::value& data, double timestamp,
                           std::string_view position = {});

/// Encodes a value that has the shape of an envelope already, in the order it has.
std::string encode_value(format f, const model::value& x);

} // namespace towncrier::codec
