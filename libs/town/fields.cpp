#include "town/fields.hpp"

#include <fmt/format.h>

namespace towncrier::town {

namespace {

/// What `xs` points at, or nothing; never a copy, since the fields of a table refer to their node.
template <class T>
const T& or_none(const T* xs) noexcept {
  static const T none{};
  return xs ? *xs : none;
}

std::optional<double> as_number(const toml_node& x) noexcept {
  if (const auto* number = std::get_if<double>(&x.data))
    return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&x.data))
    return static_cast<double>(*whole);
  return {};
}

std::optional<model::point> as_point(const toml_node& x) noexcept {
  const auto* pair = std::get_if<toml_node::list>(&x.data);
  if (!pair || pair->size() != 2)
    return {};
  const auto easting = as_number((*pair)[0]);
  const auto southing = as_number((*pair)[1]);
  if (!easting || !southing)
    return {};
  return model::point{*easting, *southing};
}

} // namespace

void first_fault::note(std::uint32_t line, std::string_view message) {
  if (!what_)
    what_ = model::failure{fmt::format("line {}: {}", line, message)};
}

void fields::fault(std::uint32_t at_line, std::string_view key, std::string_view message) {
  const auto name = path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key);
  fault_.note(at_line, fmt::format("{}: {}", name, message));
}

void fields::wrong(const toml_node& x, std::string_view key, std::string_view wanted) {
  fault(x.line, key, fmt::format("has to be {}", wanted));
}

const toml_node* fields::seek(std::string_view key) {
  known_.emplace(key);
  return table_.find(key);
}

const toml_node* fields::require(std::string_view key, std::string_view what) {
  const auto* x = seek(key);
  if (!x)
    fault(line(), key, fmt::format("is missing; it is {}", what));
  return x;
}

std::string fields::text(std::string_view key) {
  const auto* x = require(key, "a text");
  if (!x)
    return {};
  const auto* held = std::get_if<std::string>(&x->data);
  if (held && !held->empty())
    return *held;
  wrong(*x, key, "a text that is not empty");
  return {};
}

std::string fields::text_or(std::string_view key, std::string_view fallback) {
  known_.emplace(key);
  return has(key) ? text(key) : std::string{fallback};
}

bool fields::flag_or(std::string_view key, bool fallback) {
  const auto* x = seek(key);
  if (!x)
    return fallback;
  if (const auto* held = std::get_if<bool>(&x->data))
    return *held;
  wrong(*x, key, "true or false");
  return fallback;
}

double fields::number(std::string_view key, double low, double high) {
  const auto wanted = fmt::format("a number from {} to {}", low, high);
  const auto* x = require(key, wanted);
  if (!x)
    return low;
  const auto held = as_number(*x);
  if (held && *held >= low && *held <= high)
    return *held;
  wrong(*x, key, wanted);
  return low;
}

std::int64_t fields::whole_or(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) {
  const auto* x = seek(key);
  if (!x)
    return fallback;
  const auto* held = std::get_if<std::int64_t>(&x->data);
  if (held && *held >= low && *held <= high)
    return *held;
  wrong(*x, key, fmt::format("a whole number from {} to {}", low, high));
  return fallback;
}

time_of_day fields::time(std::string_view key) {
  constexpr auto wanted = "a time of day from \"00:00\" to \"23:59\"";
  const auto* x = require(key, wanted);
  if (!x)
    return {};
  const auto* held = std::get_if<std::string>(&x->data);
  const auto parsed = held ? parse_time_of_day(*held) : std::nullopt;
  if (!parsed)
    wrong(*x, key, wanted);
  return parsed.value_or(time_of_day{0});
}

std::vector<model::point> fields::points(std::string_view key) {
  constexpr auto wanted = "a list of points [x, y] in metres";
  const auto* x = require(key, wanted);
  if (!x)
    return {};
  const auto* held = std::get_if<toml_node::list>(&x->data);
  if (!held)
    wrong(*x, key, wanted);
  std::vector<model::point> result;
  for (const auto& element : or_none(held)) {
    const auto point = as_point(element);
    if (!point)
      wrong(element, key, wanted);
    result.push_back(point.value_or(model::point{}));
  }
  return result;
}

std::vector<fields::text_line> fields::lines(std::string_view key) {
  const auto* x = seek(key);
  if (!x)
    return {};
  const auto* held = std::get_if<toml_node::list>(&x->data);
  if (!held)
    wrong(*x, key, "a list of texts");
  std::vector<text_line> result;
  for (const auto& element : or_none(held)) {
    const auto* line_text = std::get_if<std::string>(&element.data);
    if (!line_text || line_text->empty())
      wrong(element, key, "a list of texts, none of them empty");
    else
      result.push_back({*line_text, element.line});
  }
  return result;
}

std::vector<std::string> fields::texts(std::string_view key) {
  std::vector<std::string> result;
  for (auto& x : lines(key))
    result.push_back(std::move(x.text));
  return result;
}

std::vector<std::pair<std::string, std::int64_t>> fields::prices(std::string_view key) {
  const auto* x = seek(key);
  if (!x)
    return {};
  const auto* held = std::get_if<toml_node::members>(&x->data);
  if (!held)
    wrong(*x, key, "a table of prices, { \"a loaf of bread\" = 4 }");
  std::vector<std::pair<std::string, std::int64_t>> result;
  for (const auto& [name, price] : or_none(held)) {
    const auto* pence = std::get_if<std::int64_t>(&price.data);
    if (!pence || *pence < 1 || *pence > 1'000'000)
      wrong(price, fmt::format("{}.\"{}\"", key, name), "a whole number of pence from 1 to 1000000");
    else
      result.emplace_back(name, *pence);
  }
  return result;
}

std::vector<fields> fields::tables(std::string_view key) {
  const auto* x = seek(key);
  if (!x)
    return {};
  const auto* held = std::get_if<toml_node::list>(&x->data);
  if (!held)
    wrong(*x, key, fmt::format("a list of tables, each headed [[{}]]", key));
  std::vector<fields> result;
  for (const auto& element : or_none(held)) {
    if (!std::holds_alternative<toml_node::members>(element.data))
      wrong(element, key, fmt::format("a list of tables, each headed [[{}]]", key));
    result.emplace_back(element, std::string{key}, fault_);
  }
  return result;
}

fields fields::table(std::string_view key) {
  static const toml_node nothing{1, toml_node::members{}};
  const auto* x = require(key, fmt::format("a table headed [{}]", key));
  if (x && !std::holds_alternative<toml_node::members>(x->data))
    wrong(*x, key, fmt::format("a table headed [{}]", key));
  return {x ? *x : nothing, std::string{key}, fault_};
}

void fields::refuse_others() {
  const auto* members = std::get_if<toml_node::members>(&table_.data);
  for (const auto& [key, x] : or_none(members))
    if (!known_.contains(key))
      fault(x.line, key, fmt::format("is not known here; allowed: {}", fmt::join(known_, ", ")));
}

} // namespace towncrier::town
