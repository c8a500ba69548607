#pragma once

#include "model/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace towncrier::town {

/// A value of a TOML text and the line it stands on. Dates and times are held as `std::monostate`: nothing
/// in a town is one.
struct toml_node {
  using list = std::vector<toml_node>;
  /// In the order in which they are written.
  using members = std::vector<std::pair<std::string, toml_node>>;

  std::uint32_t line = 0;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, list, members> data;

  /// The member called `key` of a table; nullptr when there is none.
  const toml_node* find(std::string_view key) const noexcept;
};

/// Reads a TOML text into a tree whose root is a table. An error names the line.
model::result<toml_node> parse_toml(std::string_view text);

} // namespace towncrier::town
