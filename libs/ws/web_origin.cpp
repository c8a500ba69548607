#include "ws/web_origin.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace towncrier::ws {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_case(std::string_view text) {
  std::string x{text};
  std::ranges::transform(x, x.begin(), lower);
  return x;
}

bool is_letter_or_digit(char c) noexcept { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z'); }

bool is_host_character(char c) noexcept { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; }

/// An IPv6 address in brackets, in its shortest form; nothing when it is none.
std::optional<std::string> short_ipv6(std::string_view bracketed) {
  const std::string text{bracketed.substr(1, bracketed.size() - 2)};
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> room{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1 ||
      ::inet_ntop(AF_INET6, &address, room.data(), room.size()) == nullptr)
    return std::nullopt;
  return '[' + std::string{room.data()} + ']';
}

std::optional<std::string> parse_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']'))
    return short_ipv6(text);
  if (text.empty() || text.size() > 253 || !std::ranges::all_of(text, is_host_character))
    return std::nullopt;
  return lower_case(text);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0)
    return std::nullopt;
  return port;
}

} // namespace

std::optional<authority> parse_authority(std::string_view text) {
  // The last colon begins the port, unless it stands within the brackets of an IPv6 address.
  const auto colon = text.rfind(':');
  const bool has_port = colon != text.npos && (text.rfind(']') == text.npos || text.rfind(']') < colon);
  auto host = parse_host(text.substr(0, has_port ? colon : text.size()));
  if (!host)
    return std::nullopt;
  if (!has_port)
    return authority{std::move(*host), 0};
  const auto port = parse_port(text.substr(colon + 1));
  return port ? std::optional{authority{std::move(*host), *port}} : std::nullopt;
}

bool is_ipv4_address(std::string_view host) {
  in_addr address{};
  return ::inet_pton(AF_INET, std::string{host}.c_str(), &address) == 1;
}

bool is_loopback_host(std::string_view host) {
  in_addr address{};
  if (::inet_pton(AF_INET, std::string{host}.c_str(), &address) == 1)
    return (ntohl(address.s_addr) >> 24) == 127;
  return host == "localhost" || host == "[::1]";
}

std::optional<web_origin> parse_origin(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == text.npos || colon == 0)
    return std::nullopt;
  const auto scheme = text.substr(0, colon);
  if (!std::ranges::all_of(scheme, [](char c) { return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.'; }))
    return std::nullopt;
  auto where = parse_authority(text.substr(colon + 3));
  if (!where)
    return std::nullopt;
  web_origin x{lower_case(scheme), std::move(where->host), where->port};
  if (x.port == 0)
    x.port = default_port(x.scheme);
  return x;
}

std::uint16_t default_port(std::string_view scheme) noexcept {
  return scheme == "http" || scheme == "ws" ? 80 : scheme == "https" || scheme == "wss" ? 443 : 0;
}

} // namespace towncrier::ws
