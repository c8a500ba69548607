#include "model/value.hpp"

namespace towncrier::model {

const value* value::find(std::string_view key) const noexcept {
  const auto* xs = get_if<object>();
  return xs == nullptr ? nullptr : model::find(*xs, key);
}

double value::number_or(double fallback) const noexcept {
  if (const auto* x = get_if<double>())
    return *x;
  if (const auto* x = get_if<std::int64_t>())
    return static_cast<double>(*x);
  if (const auto* x = get_if<std::uint64_t>())
    return static_cast<double>(*x);
  return fallback;
}

std::string_view value::kind() const noexcept {
  switch (data_.index()) {
    case 0:
      return "null";
    case 1:
      return "a boolean";
    case 2:
    case 3:
    case 4:
      return "a number";
    case 5:
      return "a string";
    case 6:
      return "an array";
    default:
      return "an object";
  }
}

const value* find(const object& xs, std::string_view key) noexcept {
  for (const auto& [name, x] : xs)
    if (name == key)
      return &x;
  return nullptr;
}

void set(object& xs, std::string_view key, value x) {
  for (auto& [name, old] : xs) {
    if (name == key) {
      old = std::move(x);
      return;
    }
  }
  xs.emplace_back(std::string{key}, std::move(x));
}

} // namespace towncrier::model
