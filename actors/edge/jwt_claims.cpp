#include "actors/edge/jwt_claims.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace towncrier::edge {

namespace {

using protocol::role;
using protocol::token_fault;

constexpr std::size_t max_quoted = 64;

refusal refuse(token_fault fault, std::string_view sentence) { return {fault, fmt::format("JWT: {}", sentence)}; }

/// Whether the claim `name`, where there is one, is a number that `fits`.
template <class Fits>
bool time_allows(const model::value& claims, std::string_view name, Fits fits) {
  const auto* x = claims.find(name);
  return x == nullptr || fits(x->number_or(std::numeric_limits<double>::quiet_NaN()));
}

/// The texts of a claim that is a text or an array of them.
std::vector<std::string_view> texts_of(const model::value* claim) {
  std::vector<std::string_view> result;
  if (claim == nullptr)
    return result;
  if (const auto* one = claim->get_if<std::string>())
    result.emplace_back(*one);
  if (const auto* many = claim->get_if<model::array>())
    for (const auto& x : *many)
      if (const auto* text = x.get_if<std::string>())
        result.emplace_back(*text);
  return result;
}

bool meet(const std::vector<std::string_view>& theirs, const std::vector<std::string>& ours) {
  return std::ranges::any_of(theirs, [&](std::string_view x) { return std::ranges::count(ours, x) != 0; });
}

std::string quoted_list(const std::vector<std::string_view>& texts) {
  std::vector<std::string> result;
  for (const auto text : texts)
    if (result.size() < 4)
      result.push_back(quoted(text));
  return result.empty() ? "nobody" : fmt::format("{}", fmt::join(result, ", "));
}

std::optional<refusal> judge_audience(const model::value& claims, const std::vector<std::string>& ours) {
  const auto* claim = claims.find("aud");
  if (claim == nullptr && ours.empty())
    return std::nullopt;
  const auto theirs = texts_of(claim);
  if (meet(theirs, ours))
    return std::nullopt;
  return refuse(token_fault::wrong_audience,
                ours.empty()
                    ? fmt::format("is for {}, and auth.jwt_audience does not say that this is us", quoted_list(theirs))
                    : fmt::format("is for {}, and not for {}", quoted_list(theirs), fmt::join(ours, ", ")));
}

std::optional<refusal> judge_issuer(const model::value& claims, const std::vector<std::string>& ours) {
  const auto* theirs = text_claim(claims, "iss");
  if (ours.empty() || (theirs != nullptr && std::ranges::count(ours, *theirs) != 0))
    return std::nullopt;
  return refuse(token_fault::wrong_issuer,
                fmt::format("is issued by {}", theirs == nullptr ? "nobody" : quoted(*theirs)));
}

/// The claim of that name; otherwise the one that its parts lead to: `realm_access.roles`.
const model::value* find_claim(const model::value& claims, std::string_view name) {
  if (const auto* found = claims.find(name))
    return found;
  const auto dot = name.find('.');
  const auto* inner = dot == name.npos ? nullptr : claims.find(name.substr(0, dot));
  return inner == nullptr ? nullptr : find_claim(*inner, name.substr(dot + 1));
}

/// The highest role among words with blanks between them.
std::optional<role> highest_role(std::string_view words) {
  std::optional<role> result;
  while (!words.empty()) {
    const auto word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    if (const auto x = protocol::parse_role(word); x && (!result || *x > *result))
      result = x;
  }
  return result;
}

std::optional<role> role_of(const model::value& claims, std::string_view claim) {
  std::optional<role> result;
  for (const auto text : texts_of(find_claim(claims, claim)))
    if (const auto x = highest_role(text); x && (!result || *x > *result))
      result = x;
  return result;
}

} // namespace

const std::string* text_claim(const model::value& claims, std::string_view name) {
  const auto* x = claims.find(name);
  return x == nullptr ? nullptr : x->get_if<std::string>();
}

std::string quoted(std::string_view text) {
  std::string result{"'"};
  for (const char c : text.substr(0, max_quoted))
    result += c >= ' ' && c < '\x7f' ? c : '?';
  return result + (text.size() > max_quoted ? "...'" : "'");
}

verdict judge_claims(const model::value& claims, const claim_rules& rules, const std::string& grant, double now) {
  if (!time_allows(claims, "exp", [&](double exp) { return exp + rules.leeway > now; }))
    return refuse(token_fault::expired, "expired");
  if (!time_allows(claims, "nbf", [&](double nbf) { return nbf - rules.leeway <= now; }))
    return refuse(token_fault::not_yet_valid, "not valid yet");
  if (auto no = judge_audience(claims, rules.audience))
    return std::move(*no);
  if (auto no = judge_issuer(claims, rules.issuer))
    return std::move(*no);
  const auto* name = text_claim(claims, "sub");
  if (name == nullptr || name->empty())
    return refuse(token_fault::no_name, "no 'sub'");
  const auto role = role_of(claims, rules.role_claim);
  if (!role)
    return refuse(token_fault::no_role, fmt::format("'{}' is not viewer, publisher or operator", rules.role_claim));
  const auto* expires = claims.find("exp");
  return verdict::admitted{{*name, *role, expires ? expires->number_or(0) + rules.leeway : 0}, grant};
}

} // namespace towncrier::edge
