#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace towncrier::etcd {

/// RFC 4648, section 4, with padding.
std::string to_base64(std::string_view bytes);

/// Empty for what is not base64 with its padding.
std::optional<std::string> from_base64(std::string_view text);

} // namespace towncrier::etcd
