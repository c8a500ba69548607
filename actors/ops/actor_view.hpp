#pragma once

#include "hosting/actor_list.hpp"
#include "model/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace towncrier::ops {

/// What an actor did within a window of time.
struct rates {
  double handled = 0; ///< messages a second
  double busy = 0;    ///< seconds a second
};

/// An actor as the API shows it.
model::object view(const hosting::actor_row& x, const std::string& node, const std::optional<rates>& in_window = {});

/// The text called `key` of a question; empty when there is none.
std::string text_of(const model::object& question, std::string_view key);
/// The number called `key` of a question.
std::uint64_t number_of(const model::object& question, std::string_view key, std::uint64_t fallback);

/// Leaves only the actors that a question wants (`kind`, `parent`, `label`, `text` in the label whatever its letter
/// case), in the order that it wants (`sort`).
void select(std::vector<hosting::actor_row>& rows, const model::object& question);

/// How much of a tree is shown.
struct tree_bounds {
  std::size_t limit = 0; ///< actors altogether
  std::size_t each = 0;  ///< children of each of them: thousands of connections must not hide what stands after them
};

/// The same actors, each with its `children` (who spawned whom) and their number `child_count`.
model::array tree(const std::vector<hosting::actor_row>& rows, const std::string& node, const tree_bounds& bounds);

} // namespace towncrier::ops
