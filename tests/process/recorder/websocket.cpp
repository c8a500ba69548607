#include "websocket.hpp"

namespace recorder::websocket {

namespace {

std::string percent_encoded(std::string_view x) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : x) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.') {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

} // namespace

std::optional<frame> first_frame(std::string_view received) {
  if (received.size() < 2)
    return std::nullopt;
  const auto first = static_cast<std::uint8_t>(received[0]);
  const auto second = static_cast<std::uint8_t>(received[1]);
  std::uint64_t length = second & 0x7f;
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (received.size() < 2 + more)
    return std::nullopt;
  if (more > 0)
    length = 0;
  for (std::size_t i = 0; i < more; ++i)
    length = length << 8 | static_cast<std::uint8_t>(received[2 + i]);
  frame result;
  result.opcode = first & 0x0f;
  result.final = (first & 0x80) != 0;
  const bool known = result.opcode <= binary_frame || (result.opcode >= close_frame && result.opcode <= pong);
  result.breach = !known || (first & 0x70) != 0 || (second & 0x80) != 0 || length > (std::uint64_t{1} << 30) ||
                  (result.opcode >= close_frame && (!result.final || length > 125));
  if (result.breach)
    return result;
  if (received.size() < 2 + more + length)
    return std::nullopt;
  result.payload = received.substr(2 + more, length);
  result.size = 2 + more + length;
  return result;
}

std::string client_frame(std::uint8_t opcode, std::string_view payload) {
  // Nobody stands between: any mask will do.
  constexpr std::string_view mask = "\x37\xfa\x21\x3d";
  std::string result{static_cast<char>(0x80 | opcode)};
  if (payload.size() < 126)
    result += static_cast<char>(0x80 | payload.size());
  else
    result +=
        {static_cast<char>(0x80 | 126), static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size())};
  result += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    result += static_cast<char>(payload[i] ^ mask[i % 4]);
  return result;
}

std::string upgrade_request(const std::string& host, format how, const std::string& position) {
  const std::string query = position.empty() ? "" : "?position=" + percent_encoded(position);
  const std::string protocol = how == format::json ? "towncrier.v1.json" : "towncrier.v1.msgpack";
  return "GET /" + query + " HTTP/1.1\r\nHost: " + host +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " +
         protocol + "\r\n\r\n";
}

} // namespace recorder::websocket
