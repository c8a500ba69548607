#pragma once

#include "model/limits.hpp"

#include <string>
#include <string_view>

namespace towncrier::codec {

using model::max_name_size;

/// In a place for channels: nothing at all, for publishers who do not want to be shown the world.
inline constexpr std::string_view no_channel = "none";

/// What is wrong with `x` as the id of a character, a location or a type of event, from wherever it came, and what
/// would be right; empty: nothing. To go behind the name of what it was given for: `is empty; give ...`.
std::string name_fault(std::string_view x);

/// The same of a channel, from a message, a URL, a command line or a file. Right are `world`, `location:<name>`,
/// `character:<id>` and `event:<type>`, with a name of 1 to `max_name_size` bytes of UTF-8, and `none`.
std::string channel_fault(std::string_view x);

/// `x` in quotes for a sentence, cut off when it is long. Precondition: valid UTF-8.
std::string quoted(std::string_view x);

} // namespace towncrier::codec
