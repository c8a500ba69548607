#pragma once

#include "model/result.hpp"
#include "model/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace towncrier::codec {

/// Levels of arrays and objects inside each other that a message may have.
inline constexpr std::size_t default_max_depth = 32;

/// Reads one JSON text (RFC 8259) that fills `text`. Never throws and never recurses deeper than `max_depth`.
/// Fails for anything that is not JSON, not valid UTF-8, nests deeper, repeats a key, or holds a number that no
/// double can hold.
model::result<model::value> parse_json(std::string_view text, std::size_t max_depth = default_max_depth);

/// Appends `x` as compact JSON.
void append_json(std::string& out, const model::value& x);

/// Appends `xs` as a compact JSON object.
void append_json_object(std::string& out, const model::object& xs);

/// The largest integer of which JavaScript's numbers, which are doubles, hold every one up to it: 2^53 - 1.
inline constexpr std::int64_t max_safe_integer = 9'007'199'254'740'991;

/// As the two above, for clients that may be written in JavaScript: integers beyond `max_safe_integer`, either way, are
/// written as strings of their digits, so that nobody rounds them.
void append_safe_json(std::string& out, const model::value& x);
void append_safe_json_object(std::string& out, const model::object& xs);
void append_safe_json_integer(std::string& out, std::int64_t x);
void append_safe_json_integer(std::string& out, std::uint64_t x);

/// Appends `text` as a JSON string with its quotes. Precondition: valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// Appends the shortest decimal that reads back as the floating-point number `x`: `1.0`, not `1`, so that it stays what
/// it is. Precondition: finite.
void append_json_number(std::string& out, double x);

/// Appends `x` in decimal.
void append_json_integer(std::string& out, std::int64_t x);
void append_json_integer(std::string& out, std::uint64_t x);

} // namespace towncrier::codec
