#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace towncrier::node {

/// Descriptors that are not for clients: the admin listener's, those of links, files and timers, and of connections
/// that are being refused.
inline constexpr std::size_t reserved_descriptors = 48;

/// Raises the process's soft limit of file descriptors to what `clients` clients need, as far as its hard limit allows.
/// Gives a sentence for the log where that is not far enough: how many clients there is room for, and what to do.
std::optional<std::string> raise_descriptor_limit(std::size_t clients);

} // namespace towncrier::node
