#include "nodes/options/option_settings.hpp"

#include "nodes/options/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace towncrier::node {

namespace {

std::string unknown_key(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const auto& x : option_table())
    keys.push_back(x.key);
  return fmt::format("{} is no option{}", key, did_you_mean(key, keys));
}

} // namespace

void settings::set(std::string_view key, std::string_view text, const std::string& where) {
  if (const auto* x = find_option(key))
    set(*x, text, where);
  else
    complain(fmt::format("{}: {}", where, unknown_key(key)));
}

void settings::set(const option& x, std::string_view text, const std::string& where) {
  if (const auto wrong = x.set(values_, text))
    complain(fmt::format("{}: {} = {} {}", where, x.key, text.empty() ? "''" : text, *wrong));
  else
    origins_.insert_or_assign(std::string{x.key}, where);
}

std::string settings::describe(std::string_view key) const {
  const auto found = origins_.find(key);
  const auto text = find_option(key)->get(values_);
  return fmt::format("{} = {} ({})", key, text.empty() ? "''" : text,
                     found == origins_.end() ? "default" : found->second);
}

model::result<protocol::options> settings::finish() const {
  if (complaints_.empty())
    return values_;
  return model::failure{fmt::format("{}", fmt::join(complaints_, "\n"))};
}

} // namespace towncrier::node
