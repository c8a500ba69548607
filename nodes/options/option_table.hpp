#pragma once

#include "nodes/options/option_values.hpp"
#include "protocol/options.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace towncrier::node {

/// One option. The table of them is what the file, the flags, the environment, the help and the checks all go by.
struct option {
  /// `edge.max_connections`
  std::string_view key;
  /// One line for people, with its unit where the value has none of its own.
  std::string_view help;
  value_kind kind = value_kind::text;
  /// What may be given.
  std::string allowed;
  /// Sets the option from text; gives what is wrong with the text otherwise.
  std::function<std::optional<std::string>(protocol::options&, std::string_view)> set;
  /// The text of its value.
  std::function<std::string(const protocol::options&)> get;

  std::string_view section() const noexcept { return key.substr(0, key.find('.')); }
  std::string_view name() const noexcept { return key.substr(key.find('.') + 1); }
};

/// All options, section by section.
std::span<const option> option_table();

/// The option called `key` (with `-` or `_`), or nullptr.
const option* find_option(std::string_view key) noexcept;

/// A key with `_` for every `-`, as the table writes it.
std::string normal_key(std::string_view key);

/// `--edge.max-connections`
std::string flag_name(const option& x);

/// `TOWNCRIER_EDGE_MAX_CONNECTIONS`
std::string environment_name(const option& x);

/// The default as text.
std::string default_text(const option& x);

/// What a section is about.
std::string_view section_help(std::string_view section) noexcept;

} // namespace towncrier::node
