#pragma once

#include "model/value.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace towncrier::ops {

/// What is asked for at the most, of one trace.
inline constexpr std::uint64_t max_traced_messages = 100;
inline constexpr std::uint64_t max_traced_seconds = 300;

/// 16 hexadecimal digits as a number.
std::optional<std::uint64_t> read_hex(std::string_view text);

/// A whole number of a question, from 1: `fallback` where there is none; nothing where it is another thing, or more
/// than `most`.
std::optional<std::uint64_t> whole_number(const model::object& question, std::string_view key, std::uint64_t fallback,
                                          std::uint64_t most);

/// Whether `x` names what can be followed: `character:ID`, `event:TYPE`, `connection:c17`.
bool is_trace_subject(std::string_view x);

} // namespace towncrier::ops
