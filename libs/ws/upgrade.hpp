#pragma once

#include "ws/http.hpp"
#include "ws/server_options.hpp"

#include <optional>
#include <string_view>

namespace towncrier::ws {

/// Whether `key` is what `Sec-WebSocket-Key` must be: 16 bytes in base64 (RFC 6455, 4.1).
bool valid_websocket_key(std::string_view key) noexcept;

/// Why an upgrade is refused before anybody is asked: the path (404), the version (426), the key or the host (400),
/// the host or the origin by the rules for web pages (403). Nothing when it is sound.
std::optional<http_response> objection(const http_request& request, const server_options& options);

} // namespace towncrier::ws
