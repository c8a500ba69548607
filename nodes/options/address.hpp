#pragma once

#include <string_view>

namespace towncrier::node {

/// Whether `text` is `address:port`: an IPv4 address, an IPv6 address in brackets or `localhost`, and a port from 0
/// (any that is free) to 65535.
bool is_endpoint(std::string_view text) noexcept;

/// Whether `text` is `host:port` that others can connect to: any host name, an IPv4 address or an IPv6 address in
/// brackets, and a port from 1 to 65535.
bool is_address(std::string_view text) noexcept;

/// Whether an endpoint can be reached from its own machine alone: 127.0.0.0/8, ::1, `localhost`.
/// Precondition: `is_endpoint(text)`.
bool is_loopback(std::string_view text) noexcept;

} // namespace towncrier::node
