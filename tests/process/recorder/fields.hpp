#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Looks single fields up in a message as it came, JSON or MessagePack, without reading the rest into memory. Bytes
/// that are neither give nothing.
namespace recorder {

enum class format { json, msgpack };

/// The bytes of the value that `key` has in the map or object `from`.
std::optional<std::string_view> member(std::string_view from, format how, std::string_view key);

/// The text of a value; nothing when it is none.
std::optional<std::string> text(std::string_view value, format how);

/// Whether a value is `true`.
bool is_true(std::string_view value, format how);

/// The texts of an array; what is no text is left out.
std::vector<std::string> texts(std::string_view value, format how);

} // namespace recorder
