#pragma once

#include "fields.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The client's side of RFC 6455, as much of it as a viewer needs.
namespace recorder::websocket {

enum : std::uint8_t { continuation = 0, text_frame = 1, binary_frame = 2, close_frame = 8, ping = 9, pong = 10 };

/// A frame of a server at the beginning of what was received.
struct frame {
  std::uint8_t opcode = 0;
  bool final = true;
  std::string_view payload;
  /// Bytes that it takes with its head.
  std::size_t size = 0;
  /// Whether no server may send it.
  bool breach = false;
};

/// The first frame in `received`; nothing while it is not all there.
std::optional<frame> first_frame(std::string_view received);

/// The bytes of a frame of a client.
std::string client_frame(std::uint8_t opcode, std::string_view payload);

/// The bytes of an upgrade; `position` (may be empty) is where to resume.
std::string upgrade_request(const std::string& host, format how, const std::string& position);

} // namespace recorder::websocket
