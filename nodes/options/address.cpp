#include "nodes/options/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <string>

namespace towncrier::node {

namespace {

bool is_ip(int family, std::string_view text) {
  in6_addr space{};
  return ::inet_pton(family, std::string{text}.c_str(), &space) == 1;
}

bool is_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    return is_ip(AF_INET6, text.substr(1, text.size() - 2));
  return text == "localhost" || is_ip(AF_INET, text);
}

/// As DNS has them, and as containers are called.
bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c < 0x80 && (std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_');
         });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

bool is_endpoint(std::string_view text) noexcept {
  const auto colon = text.rfind(':');
  return colon != std::string_view::npos && is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

bool is_address(std::string_view text) noexcept {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return false;
  const auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  return (is_host(host) || is_host_name(host)) && is_port(port) && port.find_first_not_of('0') != port.npos;
}

bool is_loopback(std::string_view text) noexcept {
  const auto host = text.substr(0, text.rfind(':'));
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

} // namespace towncrier::node
