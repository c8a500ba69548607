#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace towncrier::load {

/// One frame of a server, as it lies in the buffer.
struct server_frame {
  std::uint8_t opcode = 0;
  bool compressed = false;
  std::string_view payload;
  /// With the header, in bytes; 0: it is not all there yet.
  std::size_t size = 0;
};

/// The first frame of `bytes` (RFC 6455, 5.2). A mask bit is not looked at: servers have none.
server_frame first_frame(std::string_view bytes) noexcept;

/// A final, masked frame, as a client sends it.
std::string client_frame(std::uint8_t opcode, std::string_view payload);

} // namespace towncrier::load
