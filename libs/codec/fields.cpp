#include "codec/fields.hpp"

#include "codec/utf8.hpp"

#include <fmt/format.h>

#include <cmath>

namespace towncrier::codec {

namespace {

constexpr std::string_view a_string = "a string";
constexpr std::string_view a_number = "a number";
constexpr std::string_view an_id = "a string or an integer";

bool is_number(const model::value& x) { return x.kind() == a_number; }

} // namespace

std::string quoted(std::string_view x) {
  constexpr std::size_t longest = 64;
  const auto front = utf8_prefix(x, longest);
  return fmt::format("'{}{}'", front, front.size() < x.size() ? "..." : "");
}

template <class T>
std::optional<T> fields::take(std::string_view key, std::string_view wanted) {
  auto* x = find(key);
  if (x == nullptr)
    return std::nullopt;
  if (auto* found = x->get_if<T>())
    return std::move(*found);
  wrong(key, *x, wanted);
  return std::nullopt;
}

std::optional<std::string> fields::text(std::string_view key) { return take<std::string>(key, a_string); }

std::optional<bool> fields::boolean(std::string_view key) { return take<bool>(key, "true or false"); }

std::optional<model::array> fields::list(std::string_view key) { return take<model::array>(key, "an array"); }

std::optional<model::object> fields::object(std::string_view key) { return take<model::object>(key, "an object"); }

std::optional<double> fields::number(std::string_view key) {
  const auto* x = find(key);
  if (x == nullptr)
    return std::nullopt;
  if (is_number(*x))
    return x->number_or(0);
  wrong(key, *x, a_number);
  return std::nullopt;
}

std::optional<model::value> fields::any(std::string_view key) {
  auto* x = find(key);
  return x == nullptr ? std::nullopt : std::optional{std::move(*x)};
}

std::string fields::required_text(std::string_view key) {
  auto* x = find(key);
  if (x == nullptr) {
    missing(key, a_string);
    return {};
  }
  auto* found = x->get_if<std::string>();
  if (found == nullptr)
    wrong(key, *x, a_string);
  else if (found->empty())
    fail(fmt::format("'{}' is empty; give a string that is not", key));
  return found == nullptr ? std::string{} : std::move(*found);
}

double fields::required_number(std::string_view key) {
  const auto x = number(key);
  if (!x)
    missing(key, a_number);
  return x.value_or(0);
}

model::character_id fields::character_id() {
  constexpr std::string_view key = "character_id";
  auto* x = find(key);
  if (x == nullptr) {
    missing(key, an_id);
    return {};
  }
  if (const auto* integer = x->get_if<std::int64_t>())
    return {std::to_string(*integer), true};
  if (const auto* integer = x->get_if<std::uint64_t>())
    return {std::to_string(*integer), true};
  auto* id = x->get_if<std::string>();
  if (id == nullptr)
    wrong(key, *x, an_id);
  else if (id->empty() || id->size() > max_name_size)
    fail(fmt::format("'{}' has {} bytes; give 1 to {}", key, id->size(), max_name_size));
  return {id == nullptr ? std::string{} : std::move(*id), false};
}

std::optional<model::point> fields::place() {
  const auto x = number("x");
  const auto y = number("y");
  if (x && y)
    return model::point{*x, *y};
  if (x || y)
    fail(fmt::format("'{}' is given without '{}'; give both or neither", x ? 'x' : 'y', x ? 'y' : 'x'));
  return std::nullopt;
}

void fields::fail(std::string_view sentence) {
  if (error_.empty())
    error_ = fmt::format("{}: {}", subject_, sentence);
}

model::value* fields::find(std::string_view key) {
  for (auto& [name, x] : members_)
    if (name == key)
      return x.is_null() ? nullptr : &x;
  return nullptr;
}

void fields::missing(std::string_view key, std::string_view wanted) {
  fail(fmt::format("'{}' is missing; give {}", key, wanted));
}

void fields::wrong(std::string_view key, const model::value& found, std::string_view wanted) {
  fail(fmt::format("'{}' is {}; give {}", key, found.kind(), wanted));
}

} // namespace towncrier::codec
