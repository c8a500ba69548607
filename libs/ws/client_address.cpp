#include "ws/client_address.hpp"

#include <algorithm>
#include <optional>

namespace towncrier::ws {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

std::string_view trimmed(std::string_view x) {
  constexpr std::string_view blanks = " \t";
  x.remove_prefix(std::min(x.find_first_not_of(blanks), x.size()));
  return x.substr(0, x.find_last_not_of(blanks) + 1);
}

/// Takes what comes before the next `mark` outside of quotes off the front of `text`; nothing when a quote does not
/// end.
std::optional<std::string_view> take_until(std::string_view& text, char mark) {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < text.size() && (quoted || text[i] != mark); ++i) {
    if (quoted && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
  }
  if (quoted || i > text.size())
    return std::nullopt;
  const auto part = text.substr(0, i);
  text.remove_prefix(std::min(i + 1, text.size()));
  return part;
}

/// A token, or what stands between quotes.
std::string unquoted(std::string_view x) {
  if (x.size() < 2 || x.front() != '"' || x.back() != '"')
    return std::string{x};
  std::string result;
  for (std::size_t i = 1; i + 1 < x.size(); ++i) {
    if (x[i] == '\\')
      ++i;
    result += x[i];
  }
  return result;
}

/// `for` of one element of `Forwarded`; empty: it has none. Nothing when it is not written as it must be.
std::optional<std::string> seen_by(std::string_view element) {
  std::string result;
  while (!element.empty()) {
    const auto pair = take_until(element, ';');
    if (!pair)
      return std::nullopt;
    const auto equals = pair->find('=');
    if (equals == pair->npos) {
      if (!trimmed(*pair).empty())
        return std::nullopt;
      continue;
    }
    if (!same(trimmed(pair->substr(0, equals)), "for"))
      continue;
    if (!result.empty())
      return std::nullopt; // twice
    result = unquoted(trimmed(pair->substr(equals + 1)));
  }
  return result;
}

/// Whom the proxies saw, in their order; an element that is empty is none (RFC 9110, 5.6.1). Nothing when the header is
/// not written as it must be.
std::optional<std::vector<std::string>> read_hops(std::string_view list, bool forwarded) {
  std::vector<std::string> hops;
  while (!list.empty()) {
    if (!forwarded) {
      const auto end = std::min(list.find(','), list.size());
      if (const auto hop = trimmed(list.substr(0, end)); !hop.empty())
        hops.emplace_back(hop);
      list.remove_prefix(std::min(end + 1, list.size()));
      continue;
    }
    const auto element = take_until(list, ',');
    if (element && trimmed(*element).empty())
      continue;
    auto hop = element ? seen_by(*element) : std::nullopt;
    if (!hop)
      return std::nullopt;
    hops.push_back(std::move(*hop));
  }
  return hops;
}

/// All lines of a header as one list (RFC 9110, 5.3).
std::string joined(const std::vector<http_field>& fields, std::string_view name) {
  std::string result;
  for (const auto& x : fields)
    if (same(x.name, name))
      result += (result.empty() ? "" : ",") + x.value;
  return result;
}

} // namespace

bool proxy_rules::trusts(std::string_view peer) const {
  const auto x = trusted.empty() ? std::nullopt : parse_ip_endpoint(peer);
  return x && trusted.contains(x->address);
}

client_address find_client(const proxy_rules& rules, const client_address& connection,
                           const std::vector<http_field>& fields) {
  if (!rules.trusts(connection.peer))
    return connection;
  const auto hops = read_hops(joined(fields, rules.header), rules.header == "forwarded");
  if (!hops)
    return connection;
  std::optional<ip_endpoint> client;
  for (auto hop = hops->rbegin(); hop != hops->rend(); ++hop) {
    const auto seen = parse_ip_endpoint(*hop);
    if (!seen)
      break;
    client = seen;
    if (!rules.trusted.contains(seen->address))
      break;
  }
  if (!client)
    return connection;
  return {client->text(), connection.via.empty() ? connection.peer : connection.via};
}

} // namespace towncrier::ws
