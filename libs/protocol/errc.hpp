#pragma once

#include <cstdint>
#include <string_view>

namespace towncrier::protocol {

/// Codes of `error` messages: one answers one message, the connection goes on.
enum class errc : std::uint16_t {
  invalid_message = 1001, ///< not JSON or MessagePack, no or unknown type, wrong field, too deep
  auth_failed = 1002,     ///< missing, bad or expired token; a role that may not
  rate_limit = 1003,      ///< over the messages allowed in the window; carries `retry_after`
  server_error = 1004,    ///< ours; the connection goes on where it can
};

/// Why a connection ends, as the close frame says it (RFC 6455, 7.4), with the client's rule to reconnect.
enum class close_code : std::uint16_t {
  normal = 1000,          ///< done; no need to come back
  going_away = 1001,      ///< this node stops; reconnect at once, anywhere
  policy = 1008,          ///< bad token or repeated abuse; mend it before reconnecting
  too_big = 1009,         ///< a message over the limit; mend it before reconnecting
  internal = 1011,        ///< our fault; reconnect with back-off
  try_again_later = 1013, ///< overloaded; reconnect with back-off
  too_slow = 4001,        ///< fell behind where the policy is to disconnect; reconnect with `resume`
};

/// What a close says in words to a person who reads a log.
std::string_view to_string(close_code x) noexcept;

} // namespace towncrier::protocol
