#include "ws/proxy_header.hpp"

#include "ws/ip_ranges.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace towncrier::ws {

namespace {

using namespace std::string_view_literals;
using progress = proxy_header::progress;

constexpr auto text_signature = "PROXY "sv;
/// The longest line of version 1, its end included.
constexpr std::size_t max_line = 107;

constexpr auto binary_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t binary_head = 16;

proxy_header bad() { return {progress::bad, 0, {}}; }
proxy_header more() { return {progress::more, 0, {}}; }

bool may_become(std::string_view bytes, std::string_view signature) {
  const auto n = std::min(bytes.size(), signature.size());
  return bytes.substr(0, n) == signature.substr(0, n);
}

std::string_view take_word(std::string_view& line) {
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && (text == "0" || text.front() != '0');
  return whole ? std::optional{x} : std::nullopt;
}

/// `TCP4 192.0.2.1 192.0.2.2 5000 8765`, without the signature and the end of the line.
proxy_header read_line(std::string_view line, std::size_t size) {
  const auto kind = take_word(line);
  if (kind == "UNKNOWN")
    return {progress::done, size, {}};
  const auto from = parse_ip(take_word(line));
  const auto to = parse_ip(take_word(line));
  const auto port = read_port(take_word(line));
  const bool good = from && to && port && read_port(line) && (kind == "TCP4" || kind == "TCP6") &&
                    from->is_v4() == (kind == "TCP4") && to->is_v4() == (kind == "TCP4");
  return good ? proxy_header{progress::done, size, ip_endpoint{*from, *port}.text()} : bad();
}

proxy_header read_text(std::string_view bytes) {
  const auto end = bytes.substr(0, max_line).find("\r\n");
  if (end == bytes.npos)
    return bytes.size() >= max_line || bytes.substr(0, bytes.size() - 1).find('\n') != bytes.npos ? bad() : more();
  return read_line(bytes.substr(text_signature.size(), end - text_signature.size()), end + 2);
}

std::uint8_t byte_at(std::string_view x, std::size_t i) { return static_cast<std::uint8_t>(x[i]); }

std::uint16_t number_at(std::string_view x, std::size_t i) {
  return static_cast<std::uint16_t>(byte_at(x, i) << 8 | byte_at(x, i + 1));
}

/// The source of an address block: `size` bytes each of source and target, then the two ports.
std::string source_of(std::string_view block, std::size_t size) {
  ip_endpoint x;
  if (size == 4)
    x.address.bytes[10] = x.address.bytes[11] = 0xFF;
  std::copy_n(block.begin(), size, reinterpret_cast<char*>(x.address.bytes.data()) + x.address.bytes.size() - size);
  x.port = number_at(block, 2 * size);
  return x.text();
}

proxy_header read_binary(std::string_view bytes) {
  if (bytes.size() < binary_head)
    return more();
  const auto version = byte_at(bytes, 12) >> 4;
  const auto command = byte_at(bytes, 12) & 0xF;
  const auto family = byte_at(bytes, 13);
  const auto length = std::size_t{number_at(bytes, 14)};
  if (version != 2 || command > 1 || binary_head + length > max_proxy_header)
    return bad();
  if (bytes.size() < binary_head + length)
    return more();
  const auto block = bytes.substr(binary_head, length);
  constexpr std::size_t ports = 4;
  proxy_header result{progress::done, binary_head + length, {}};
  if (command == 0 || family == 0) // LOCAL, or UNSPEC
    return result;
  if (family != 0x11 && family != 0x21) // TCP over IPv4, and over IPv6
    return bad();
  const std::size_t size = family == 0x11 ? 4 : 16;
  if (block.size() < 2 * size + ports)
    return bad();
  result.peer = source_of(block, size);
  return result;
}

} // namespace

proxy_header read_proxy_header(std::string_view bytes) {
  if (bytes.size() >= text_signature.size() && bytes.starts_with(text_signature))
    return read_text(bytes);
  if (bytes.size() >= binary_signature.size() && bytes.starts_with(binary_signature))
    return read_binary(bytes);
  return may_become(bytes, text_signature) || may_become(bytes, binary_signature) ? more() : bad();
}

} // namespace towncrier::ws
