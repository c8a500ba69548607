#include "actors/edge/base64url.hpp"

#include <cstdint>

namespace towncrier::edge {

namespace {

/// The six bits that a character stands for; -1: none.
int bits_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

} // namespace

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1)
    return std::nullopt;
  std::string result;
  std::uint32_t gathered = 0;
  int bits = 0;
  for (const char c : text) {
    const int six = bits_of(c);
    if (six < 0)
      return std::nullopt;
    gathered = (gathered << 6) | static_cast<std::uint32_t>(six);
    bits += 6;
    if (bits < 8)
      continue;
    bits -= 8;
    result += static_cast<char>((gathered >> bits) & 0xFF);
  }
  return result;
}

} // namespace towncrier::edge
