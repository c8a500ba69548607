#pragma once

#include "ws/wire.hpp"

#include <boost/beast/websocket.hpp>

namespace towncrier::ws {

// The only instantiation of Beast's stream: plain and TLS, server and client share its code.
using ws_stream = boost::beast::websocket::stream<wire&>;

/// The server_max_window_bits of an agreed `Sec-WebSocket-Extensions`; 0 when permessage-deflate is not in it.
int agreed_window_bits(std::string_view extensions) noexcept;

} // namespace towncrier::ws
