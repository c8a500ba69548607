#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace towncrier::edge {

/// Reads base64url without padding (RFC 4648, 5), as JWTs and their keys have it; nothing when it is none.
std::optional<std::string> from_base64url(std::string_view text);

} // namespace towncrier::edge
