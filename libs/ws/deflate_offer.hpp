#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace towncrier::ws {

/// permessage-deflate as it was agreed on: neither side takes context over from message to message.
struct deflate_agreement {
  int server_window_bits = 15; ///< 9 to 15
  std::string answer;          ///< `Sec-WebSocket-Extensions` of the response
};

/// The first of a client's offers that can be agreed to (RFC 7692, 5 and 7.1); empty when there is none. `extensions`
/// is its `Sec-WebSocket-Extensions`, several of them joined by commas.
std::optional<deflate_agreement> agree_on_deflate(std::string_view extensions);

} // namespace towncrier::ws
