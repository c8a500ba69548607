#pragma once

#include "ws/wire.hpp"

#include <boost/beast/websocket.hpp>

namespace towncrier::ws {

// The only instantiation of Beast's stream: plain and TLS, server and client share its code.
using ws_stream = boost::beast::websocket::stream<wire&>;

} // namespace towncrier::ws
