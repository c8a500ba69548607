#include "ws/url.hpp"

#include <algorithm>
#include <cctype>

namespace towncrier::ws {

namespace {

bool is_port(std::string_view x) {
  return !x.empty() && x.size() <= 5 && std::ranges::all_of(x, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Takes the host off the front of `text`; false when it is no host.
bool take_host(std::string_view& text, std::string& host) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == text.npos)
    return false;
  host = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  text.remove_prefix(bracketed ? end + 1 : end);
  return !host.empty();
}

} // namespace

std::string url::authority() const {
  const auto name = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return port == (secure ? "443" : "80") ? name : name + ':' + port;
}

model::result<url> parse_url(std::string_view text) {
  const auto wrong = model::failure{"'" + std::string{text} + "' is not a URL of the form ws://host:port/path"};
  const auto scheme = text.substr(0, std::min(text.find("://"), text.size()));
  const bool secure = scheme == "wss" || scheme == "https";
  if (!secure && scheme != "ws" && scheme != "http")
    return wrong;
  auto rest = text.substr(std::min(scheme.size() + 3, text.size()));
  url x{secure, {}, secure ? "443" : "80", "/"};
  auto authority = rest.substr(0, std::min(rest.find_first_of("/?"), rest.size()));
  rest.remove_prefix(authority.size());
  if (!take_host(authority, x.host))
    return wrong;
  if (!authority.empty()) {
    if (authority.front() != ':' || !is_port(authority.substr(1)))
      return wrong;
    x.port = authority.substr(1);
  }
  if (!rest.empty())
    x.target = (rest.front() == '?' ? "/" : "") + std::string{rest};
  return x;
}

void append_query(std::string& to, std::string_view name, std::string_view value) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  to += to.find('?') == to.npos ? '?' : '&';
  to.append(name) += '=';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view{"-._~"}.find(c) != std::string_view::npos)
      to += c;
    else
      to.append({'%', hex[byte >> 4], hex[byte & 15]});
  }
}

} // namespace towncrier::ws
