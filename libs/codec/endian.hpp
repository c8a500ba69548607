#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace towncrier::codec {

/// Appends a byte and an unsigned number in network byte order: how MessagePack and WebSocket frames write lengths.
template <class Number>
void append_tagged(std::string& out, std::uint8_t tag, Number x) {
  std::array<char, 1 + sizeof(Number)> bytes;
  bytes[0] = static_cast<char>(tag);
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    bytes[1 + i] = static_cast<char>(x >> (8 * (sizeof(Number) - 1 - i)));
  out.append(bytes.data(), bytes.size());
}

/// The unsigned number that up to eight bytes in network byte order make.
inline std::uint64_t read_big_endian(std::string_view bytes) noexcept {
  std::uint64_t x = 0;
  for (const char c : bytes)
    x = x << 8 | static_cast<unsigned char>(c);
  return x;
}

} // namespace towncrier::codec
