#include "codec/fields.hpp"

#include "model/limits.hpp"

#include <fmt/format.h>

#include <cmath>

namespace towncrier::codec {

namespace {

constexpr std::string_view a_string = "a string";
constexpr std::string_view a_number = "a number";
constexpr std::string_view an_id = "a string or an integer";

bool is_number(const model::value& x) { return x.kind() == a_number; }

} // namespace

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
  for (auto& [name, x] : members_)
    if (name == key)
      return std::move(x);
  return std::nullopt;
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

model::character_id fields::character_id(std::string_view key) {
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
  else if (const auto fault = name_fault(*id); !fault.empty())
    fail(fmt::format("'{}' {}", key, fault));
  return {id == nullptr ? std::string{} : std::move(*id), false};
}

std::optional<std::string> fields::location(std::string_view key) {
  auto x = text(key);
  if (x && x->size() > max_name_size)
    fail(fmt::format("'{}' has {} bytes; give at most {}", key, x->size(), max_name_size));
  return x;
}

std::optional<model::point> fields::place() {
  if (is_null("x") && is_null("y"))
    return model::no_place;
  const auto x = number("x");
  const auto y = number("y");
  if (x && y) {
    if (!model::is_near({*x, *y}))
      fail(
          fmt::format("'x' or 'y' is too far away: {}, {}; give at most {} either way", *x, *y, model::max_coordinate));
    return model::point{*x, *y};
  }
  if (x || y)
    fail(fmt::format("'{}' is given without '{}'; give both or neither", x ? 'x' : 'y', x ? 'y' : 'x'));
  return std::nullopt;
}

std::optional<double> fields::timestamp(std::string_view key) {
  const auto x = number(key);
  if (x && !model::has_date(*x))
    fail(fmt::format("'{}' is {}, which is no time from the year 1 to 9999; give seconds since 1970, not milliseconds",
                     key, *x));
  return x;
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

bool fields::is_null(std::string_view key) const noexcept {
  const auto* x = model::find(members_, key);
  return x != nullptr && x->is_null();
}

void fields::missing(std::string_view key, std::string_view wanted) {
  fail(fmt::format("'{}' is missing; give {}", key, wanted));
}

void fields::wrong(std::string_view key, const model::value& found, std::string_view wanted) {
  fail(fmt::format("'{}' is {}; give {}", key, found.kind(), wanted));
}

} // namespace towncrier::codec
