#include "ws/ip_ranges.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace towncrier::ws {

namespace {

constexpr int all_bits = 128;
constexpr int mapped_bits = 96; // before an IPv4 address
constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::optional<int> parse_whole(std::string_view text, int max) {
  int x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc{} || end != text.data() + text.size() || x < 0 || x > max)
    return std::nullopt;
  return x;
}

bool bit_of(const ip_address& x, int i) noexcept {
  return ((x.bytes[static_cast<std::size_t>(i / 8)] >> (7 - i % 8)) & 1) != 0;
}

} // namespace

bool ip_address::is_v4() const noexcept {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

std::string ip_address::text() const {
  std::array<char, INET6_ADDRSTRLEN> room{};
  if (is_v4())
    return ::inet_ntop(AF_INET, bytes.data() + mapped_prefix.size(), room.data(), room.size());
  return '[' + std::string{::inet_ntop(AF_INET6, bytes.data(), room.data(), room.size())} + ']';
}

std::optional<ip_address> parse_ip(std::string_view text) {
  const std::string zero_ended{text};
  ip_address x;
  if (text.find('\0') != text.npos)
    return std::nullopt;
  if (::inet_pton(AF_INET6, zero_ended.c_str(), x.bytes.data()) == 1)
    return x;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), x.bytes.begin());
  if (::inet_pton(AF_INET, zero_ended.c_str(), x.bytes.data() + mapped_prefix.size()) == 1)
    return x;
  return std::nullopt;
}

std::string ip_endpoint::text() const { return address.text() + ':' + std::to_string(port); }

std::optional<ip_endpoint> parse_ip_endpoint(std::string_view text) {
  auto address = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos || (end + 1 != text.size() && text[end + 1] != ':'))
      return std::nullopt;
    address = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (address.find(':') == address.npos)
      return std::nullopt; // brackets are for version 6
  } else if (std::ranges::count(text, ':') == 1) {
    address = text.substr(0, text.find(':'));
    port = text.substr(text.find(':'));
  }
  const auto found = parse_ip(address);
  const auto number = port.empty() ? std::optional{0} : parse_whole(port.substr(1), 65535);
  if (!found || !number)
    return std::nullopt;
  return ip_endpoint{*found, static_cast<std::uint16_t>(*number)};
}

std::optional<model::failure> ip_ranges::add(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address)
    return model::failure{"'" + std::string{text} + "' is no address and no range such as 10.0.0.0/8"};
  // What is written as version 6 has its bits counted so, also where it maps version 4.
  const int before = text.find(':') == text.npos ? mapped_bits : 0;
  int bits = all_bits;
  if (slash != text.npos) {
    const auto said = parse_whole(text.substr(slash + 1), all_bits - before);
    if (!said)
      return model::failure{"'" + std::string{text} + "' has no number of bits from 0 to " +
                            std::to_string(all_bits - before) + " after the slash"};
    bits = before + *said;
  }
  for (int i = bits; i < all_bits; ++i)
    if (bit_of(*address, i))
      return model::failure{"'" + std::string{text} +
                            "' names an address inside a range: write the first address of the "
                            "range, or leave the slash out"};
  ranges_.push_back({*address, bits});
  return std::nullopt;
}

bool ip_ranges::contains(const ip_address& x) const noexcept {
  return std::ranges::any_of(ranges_, [&x](const range& r) {
    const auto whole = static_cast<std::size_t>(r.bits / 8);
    if (!std::equal(x.bytes.begin(), x.bytes.begin() + static_cast<std::ptrdiff_t>(whole), r.first.bytes.begin()))
      return false;
    for (int i = static_cast<int>(whole) * 8; i < r.bits; ++i)
      if (bit_of(x, i) != bit_of(r.first, i))
        return false;
    return true;
  });
}

} // namespace towncrier::ws
