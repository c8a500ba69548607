#pragma once

#include "model/value.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::commands {

/// What a column of a table of actors shows.
enum class column { id, node, busy_share, rate, mailbox, peak, wait, handled, busy_seconds, restarts };

/// A table of actors: columns of numbers, and at the end who it is.
class actor_table {
public:
  /// Of `wanted`, in this order, what fits into `width` columns of a terminal beside a name of some length; the columns
  /// that say the least go first. That by which the actors are `sorted`, if any, always stays. `name_width`: the room
  /// that names want; they get some less, and never more than half of the width.
  actor_table(std::span<const column> wanted, std::size_t width, std::string_view sorted = {},
              std::size_t name_width = 0);

  /// The titles; that of the order is marked.
  std::string heading() const;

  /// One actor. `prefix` comes before its name: the branches of a tree.
  std::string line(const model::value& actor, std::string_view prefix = {}) const;

  /// Words where the names stand.
  std::string note(std::string_view text) const;

private:
  std::vector<column> columns_;
  std::optional<column> sorted_;
  std::size_t width_;
};

/// For `towncrier top`, and for lists that know nothing of a window of time; `nodes`: there is more than one.
std::vector<column> top_columns(bool nodes);
std::vector<column> list_columns(bool nodes);

/// Its kind and label.
std::string name_of(const model::value& actor);

/// How much room the names of such a tree take, with the branches before them.
std::size_t tree_width(const model::array& actors);

/// A tree of actors, each with its `children`, as lines with branches.
std::string actor_tree(const model::array& actors, const actor_table& table);

} // namespace towncrier::commands
