#include "ws/site_rules.hpp"

#include <algorithm>

namespace towncrier::ws {

namespace {

constexpr std::string_view subdomain_mark = "*.";

bool is_word(std::string_view x) { return x == "*" || x == "null" || x == "file://"; }

/// Every value of a header; browsers send one. `name` is in lower case.
std::vector<std::string_view> values_of(const http_request& x, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::vector<std::string_view> all;
  for (const auto& field : x.fields)
    if (std::ranges::equal(field.name, name, {}, lower))
      all.emplace_back(field.value);
  return all;
}

/// What looks like a number at the end of a host that is no IPv4 address: browsers say the address instead.
bool ends_in_number(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  return !last.empty() && std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

model::failure never(std::string_view text, std::string_view why) {
  return {"no page is of '" + std::string{text} + "': it " + std::string{why}};
}

} // namespace

std::optional<model::failure> origin_list::add(std::string_view text) {
  if (is_word(text)) {
    patterns_.push_back({std::string{text}, {}, false});
    return std::nullopt;
  }
  const auto mark = text.find("://");
  if (mark == text.npos || mark == 0)
    return never(text, "has no scheme; write https://town.example");
  const auto scheme = text.substr(0, mark);
  auto rest = text.substr(mark + 3);
  if (rest.find_first_of("/?#") != rest.npos)
    return never(text, "goes on after the host, and an origin ends there; write https://town.example");
  if (rest.find('@') != rest.npos)
    return never(text, "names a user, and an origin has none; write https://town.example");
  const bool subdomains = rest.starts_with(subdomain_mark);
  if (subdomains)
    rest.remove_prefix(subdomain_mark.size());
  if (rest.find('*') != rest.npos)
    return never(text, "has '*' in a place where it means nothing; it stands alone for every origin, or before a "
                       "domain for its subdomains: https://*.town.example");
  auto origin = parse_origin(std::string{scheme} + "://" + std::string{rest});
  if (!origin)
    return never(text, "lacks a host and port as browsers say them: a name in ASCII (others begin with xn--) or an "
                       "address, and a port from 1 to 65535");
  if (origin->scheme == "ws" || origin->scheme == "wss")
    return never(text, "names the scheme of the connection, and not that of the page, which is http or https");
  const bool address = origin->host.starts_with('[') || is_ipv4_address(origin->host);
  if (!address && ends_in_number(origin->host))
    return never(text, "ends in a number, and is no IPv4 address such as 192.0.2.1");
  if (subdomains && address)
    return never(text, "asks for the subdomains of an address, which has none");
  patterns_.push_back({{}, std::move(*origin), subdomains});
  return std::nullopt;
}

bool origin_list::has_all() const noexcept {
  return std::ranges::any_of(patterns_, [](const pattern& x) { return x.word == "*"; });
}

bool origin_list::fits_host(const pattern& x, std::string_view host) {
  if (!x.word.empty())
    return false;
  const std::string_view own{x.origin.host};
  return x.subdomains ? host.size() > own.size() + 1 && host.ends_with(own) && host[host.size() - own.size() - 1] == '.'
                      : host == own;
}

bool origin_list::has(std::string_view text) const {
  const auto origin = parse_origin(text);
  return std::ranges::any_of(patterns_, [&](const pattern& x) {
    if (!x.word.empty())
      return x.word == "*" || x.word == text;
    return origin && origin->scheme == x.origin.scheme && origin->port == x.origin.port && fits_host(x, origin->host);
  });
}

bool origin_list::has_host(std::string_view host) const {
  return std::ranges::any_of(patterns_, [&](const pattern& x) { return fits_host(x, host); });
}

std::optional<http_response> site_rules::object_to_host(const http_request& x) const {
  if (!guarded || !loopback_only || allowed.has_all())
    return std::nullopt;
  const auto hosts = values_of(x, "host");
  const auto fits = [this](std::string_view text) {
    const auto asked = parse_authority(text);
    return asked && (is_loopback_host(asked->host) || allowed.has_host(asked->host));
  };
  if (!hosts.empty() && std::ranges::all_of(hosts, fits))
    return std::nullopt;
  return text_response(403,
                       "Without tokens this is for localhost alone: ask for localhost, 127.0.0.1 or [::1]. A proxy "
                       "before it passes such a Host on, or its pages are named in edge.allowed_origins.\n");
}

std::optional<http_response> site_rules::object_to_origin(const http_request& x) const {
  const auto asked = parse_authority(x.header("Host"));
  const auto fits = [&](std::string_view text) {
    if (!allowed.empty())
      return allowed.has(text);
    if (!guarded)
      return true;
    const auto origin = parse_origin(text);
    return origin && (is_loopback_host(origin->host) || (asked && origin->host == asked->host) ||
                      (friends && friends(origin->host)));
  };
  // An empty one is none.
  if (std::ranges::all_of(values_of(x, "origin"), [&](auto text) { return text.empty() || fits(text); }))
    return std::nullopt;
  return text_response(403, allowed.empty()
                                ? "Pages of this origin may not connect, since everybody may do everything here: name "
                                  "the origin in edge.allowed_origins, or give tokens.\n"
                                : "Pages of this origin may not connect: edge.allowed_origins does not name it.\n");
}

} // namespace towncrier::ws
