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

/// Adds whom an actor spawned, monitors, is monitored by and linked with.
void add_relations(model::object& to, const hosting::actor_relations& x);

/// The text called `key` of a question; empty when there is none.
std::string text_of(const model::object& question, std::string_view key);
/// The number called `key` of a question.
std::uint64_t number_of(const model::object& question, std::string_view key, std::uint64_t fallback);

/// How many actors a question wants to be shown.
std::size_t limit_of(const model::object& question, std::size_t fallback);

/// Whether a question wants an actor: `kind`, `label` and `parent` as they are, `text` in its label, `filter` in its
/// `kind:label`; of these two the letter case does not matter.
class actor_filter {
public:
  explicit actor_filter(const model::object& question);

  bool operator()(const hosting::actor_row& x) const;

private:
  std::string kind_, label_, text_, part_;
  std::optional<std::uint64_t> parent_;
  std::vector<std::string> kinds_; ///< their names, by number
};

/// The first `limit` of `rows` in the order that `sort` names, by which larger ones come first but for ids.
void keep_first(std::vector<const hosting::actor_row*>& rows, std::string_view sort, std::size_t limit);

/// How much of a tree is shown.
struct tree_bounds {
  std::size_t limit = 0; ///< actors altogether
  std::size_t each = 0;  ///< children of each of them
};

/// The same actors, each with its `children` (who spawned whom) and their number `child_count`.
model::array tree(const std::vector<const hosting::actor_row*>& rows, const std::string& node,
                  const tree_bounds& bounds);

} // namespace towncrier::ops
