// The one source that includes toml++, which takes long to compile.
#define TOML_EXCEPTIONS 0

#include "town/toml_tree.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace towncrier::town {

namespace {

toml_node convert(const toml::node& x);

toml_node::members convert_members(const toml::table& xs) {
  std::vector<std::pair<std::string, const toml::node*>> sorted;
  for (const auto& [key, x] : xs)
    sorted.emplace_back(std::string{key.str()}, &x);
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    const auto& begins_a = a.second->source().begin;
    const auto& begins_b = b.second->source().begin;
    return std::tie(begins_a.line, begins_a.column) < std::tie(begins_b.line, begins_b.column);
  });
  toml_node::members result;
  for (const auto& [key, x] : sorted)
    result.emplace_back(key, convert(*x));
  return result;
}

toml_node::list convert_list(const toml::array& xs) {
  toml_node::list result;
  for (const auto& x : xs)
    result.push_back(convert(x));
  return result;
}

toml_node convert(const toml::node& x) {
  toml_node result;
  result.line = x.source().begin.line;
  if (const auto* members = x.as_table())
    result.data = convert_members(*members);
  else if (const auto* list = x.as_array())
    result.data = convert_list(*list);
  else if (const auto* text = x.as_string())
    result.data = text->get();
  else if (const auto* whole = x.as_integer())
    result.data = whole->get();
  else if (const auto* number = x.as_floating_point())
    result.data = number->get();
  else if (const auto* flag = x.as_boolean())
    result.data = flag->get();
  return result;
}

} // namespace

const toml_node* toml_node::find(std::string_view key) const noexcept {
  const auto* xs = std::get_if<members>(&data);
  if (!xs)
    return nullptr;
  const auto found = std::find_if(xs->begin(), xs->end(), [&](const auto& x) { return x.first == key; });
  return found == xs->end() ? nullptr : &found->second;
}

model::result<toml_node> parse_toml(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed)
    return model::failure{fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description())};
  return convert(parsed.table());
}

} // namespace towncrier::town
