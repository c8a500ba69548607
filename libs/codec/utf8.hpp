#pragma once

#include <string_view>

namespace towncrier::codec {

/// Whether `text` is well-formed UTF-8 (Unicode Standard, table 3-7): no overlong forms, no surrogates, nothing past
/// U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

/// The longest front of `text` that is at most `max_size` bytes and cuts no character in two. Precondition: valid
/// UTF-8.
std::string_view utf8_prefix(std::string_view text, std::size_t max_size) noexcept;

} // namespace towncrier::codec
