#pragma once

#include "codec/json.hpp"
#include "model/result.hpp"
#include "model/value.hpp"

#include <string>
#include <string_view>

namespace towncrier::codec {

/// Reads one MessagePack object that fills `bytes`. Never throws; memory stays in proportion to `bytes` whatever
/// lengths they claim. Fails for what JSON cannot hold as well: binary and extension types, keys that are not
/// strings, NaN and infinities, text that is not UTF-8, repeated keys, deeper nesting than `max_depth`.
model::result<model::value> parse_msgpack(std::string_view bytes, std::size_t max_depth = default_max_depth);

/// Appends `x` as MessagePack, each value in its shortest form.
void append_msgpack(std::string& out, const model::value& x);

/// Appends `xs` as a MessagePack map.
void append_msgpack_object(std::string& out, const model::object& xs);

} // namespace towncrier::codec
