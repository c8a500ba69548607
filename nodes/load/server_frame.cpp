#include "nodes/load/server_frame.hpp"

#include "codec/endian.hpp"

#include <array>

namespace towncrier::load {

namespace {

/// Any key will do: it protects proxies from browsers (RFC 6455, 10.3), and here is neither.
constexpr std::array<unsigned char, 4> mask{0x5a, 0x17, 0xc3, 0x88};

} // namespace

server_frame first_frame(std::string_view bytes) noexcept {
  if (bytes.size() < 2)
    return {};
  const auto first = static_cast<unsigned char>(bytes[0]);
  std::uint64_t length = static_cast<unsigned char>(bytes[1]) & 0x7F;
  const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
  const auto header = 2 + extra;
  if (bytes.size() < header)
    return {};
  if (extra != 0)
    length = codec::read_big_endian(bytes.substr(2, extra));
  if (bytes.size() - header < length)
    return {};
  return {static_cast<std::uint8_t>(first & 0x0F), (first & 0x40) != 0, bytes.substr(header, length), header + length};
}

std::string client_frame(std::uint8_t opcode, std::string_view payload) {
  std::string out;
  out.reserve(payload.size() + 14);
  out += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126)
    out += static_cast<char>(0x80 | payload.size());
  else if (payload.size() <= 0xFFFF)
    codec::append_tagged(out, 0x80 | 126, static_cast<std::uint16_t>(payload.size()));
  else
    codec::append_tagged(out, 0x80 | 127, std::uint64_t{payload.size()});
  for (const auto x : mask)
    out += static_cast<char>(x);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]);
  return out;
}

} // namespace towncrier::load
