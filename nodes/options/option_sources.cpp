#include "nodes/options/option_settings.hpp"
#include "nodes/options/suggest.hpp"
#include "town/toml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace towncrier::node {

namespace {

using town::toml_node;

/// The text of a TOML value that an option of this kind may be written as; empty for one of a wrong type.
std::optional<std::string> text_of(value_kind kind, const toml_node& x) {
  const bool counts = kind == value_kind::whole || kind == value_kind::real || kind == value_kind::duration ||
                      kind == value_kind::bytes;
  const bool reads = kind != value_kind::whole && kind != value_kind::real && kind != value_kind::boolean;
  if (const auto* flag = std::get_if<bool>(&x.data); flag && kind == value_kind::boolean)
    return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&x.data); whole && counts)
    return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&x.data); real && kind == value_kind::real)
    return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&x.data); text && reads)
    return *text;
  return std::nullopt;
}

std::optional<std::string> joined(const toml_node::list& xs) {
  std::string result;
  for (const auto& x : xs) {
    const auto item = text_of(value_kind::text, x);
    if (!item || item->find(',') != std::string::npos)
      return std::nullopt;
    result += (result.empty() ? "" : ",") + *item;
  }
  return result;
}

std::string_view type_of(const toml_node& x) {
  static constexpr std::string_view names[]{"a date or time", "a boolean", "an integer", "a float",
                                            "a string",       "an array",  "a table"};
  return names[x.data.index()];
}

void add_value(settings& to, const std::string& key, const toml_node& x, const std::string& where) {
  const auto* known = find_option(key);
  if (known == nullptr)
    return to.set(key, {}, where);
  const auto* items = std::get_if<toml_node::list>(&x.data);
  const auto text = items && known->kind == value_kind::list ? joined(*items) : text_of(known->kind, x);
  if (text)
    to.set(*known, *text, where);
  else
    to.complain(fmt::format("{}: {} is {}; give {}", where, known->key, type_of(x), known->allowed));
}

/// Where a key of the file is: options are two levels deep, so that what stands outside a table is none.
void add_tree(settings& to, const std::string& prefix, const toml_node& x, const std::string& path) {
  for (const auto& [name, member] : std::get<toml_node::members>(x.data)) {
    const auto key = prefix + name;
    const bool section = std::holds_alternative<toml_node::members>(member.data) && prefix.empty();
    if (section && !section_help(normal_key(name)).empty())
      add_tree(to, key + ".", member, path);
    else
      add_value(to, key, member, fmt::format("{}:{}", path, member.line));
  }
}

model::result<std::string> read_file(const std::string& path) {
  if (const auto readable = file_value{}.parse(path); !readable || path.empty())
    return model::failure{fmt::format("{}: {}", path, readable ? "no path" : readable.error())};
  std::ifstream file{path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// Kubernetes sets such variables for a service that is called `towncrier-edge` or the like; nobody misspelt them.
bool is_service_link(std::string_view name) {
  return name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos ||
         name.ends_with("_PORT") || name.find("_PORT_") != std::string_view::npos;
}

/// Whether `name` begins as the variables of a section do. Others may use the prefix for things of their own.
bool is_in_a_section(std::string_view name) {
  const auto table = option_table();
  return std::any_of(table.begin(), table.end(), [&](const option& x) {
    const auto full = environment_name(x);
    return name.starts_with(std::string_view{full}.substr(0, full.size() - x.name().size()));
  });
}

std::string unknown_variable(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& x : option_table())
    names.push_back(environment_name(x));
  const std::vector<std::string_view> views{names.begin(), names.end()};
  return fmt::format("environment {}: is no option{}", name, did_you_mean(name, views));
}

} // namespace

void add_file(settings& to, const std::string& path) {
  const auto text = read_file(path);
  if (!text)
    return to.complain(text.error());
  const auto tree = town::parse_toml(*text);
  if (!tree)
    return to.complain(fmt::format("{}: {}", path, tree.error()));
  add_tree(to, "", *tree, path);
}

void add_environment(settings& to, const environment& env) {
  const auto table = option_table();
  for (const auto& [name, text] : env) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&n = name](const option& x) { return environment_name(x) == n; });
    if (found != table.end())
      to.set(*found, text, "environment " + name);
    else if (is_in_a_section(name) && !is_service_link(name))
      to.complain(unknown_variable(name));
  }
}

environment process_environment() {
  environment result;
  for (char** x = ::environ; *x != nullptr; ++x) {
    const std::string_view line{*x};
    const auto equals = line.find('=');
    if (equals != std::string_view::npos)
      result.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return result;
}

} // namespace towncrier::node
