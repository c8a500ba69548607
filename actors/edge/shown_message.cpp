#include "actors/edge/shown_message.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"

#include <algorithm>
#include <array>

namespace towncrier::edge {

namespace {

constexpr std::string_view hidden = "(hidden)";
constexpr std::array<std::string_view, 7> secret_words{"token",         "password", "passwd", "secret",
                                                       "authorization", "bearer",   "jwt"};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_case(std::string_view x) {
  std::string result{x};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

bool is_secret(std::string_view key) {
  const auto name = lower_case(key);
  return std::ranges::any_of(secret_words, [&](auto word) { return name.find(word) != std::string::npos; });
}

/// Also one that is misspelt: it is refused, and its token is a token all the same.
bool is_auth(const model::object& x) {
  return std::ranges::any_of(x, [](const auto& member) {
    const auto* text = member.second.template get_if<std::string>();
    return lower_case(member.first) == "type" && text != nullptr && lower_case(*text).find("auth") != std::string::npos;
  });
}

// As deep as the decoder let it be.
void hide(model::value& x) {
  if (auto* xs = x.get_if<model::array>())
    std::ranges::for_each(*xs, hide);
  auto* members = x.get_if<model::object>();
  if (members == nullptr)
    return;
  const bool auth = is_auth(*members);
  for (auto& [key, value] : *members) {
    const auto name = lower_case(key);
    if (is_secret(key) || (auth && name != "type" && name != "id"))
      value = hidden;
    else
      hide(value);
  }
}

} // namespace

std::string shown_message(codec::format format, std::string_view bytes, std::size_t max_depth) {
  const bool json = format == codec::format::json;
  auto x = json ? codec::parse_json(bytes, max_depth) : codec::parse_msgpack(bytes, max_depth);
  if (!x)
    return '(' + std::to_string(bytes.size()) + " bytes that are no " + (json ? "JSON)" : "MessagePack)");
  if (const auto* members = x->get_if<model::object>(); members != nullptr && is_auth(*members))
    return "(auth)";
  hide(*x);
  std::string result;
  codec::append_json(result, *x);
  return result;
}

} // namespace towncrier::edge
