#include "nodes/commands/inspection/actor_table.hpp"

#include "nodes/commands/inspection/admin_client.hpp"
#include "nodes/commands/inspection/text_width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace towncrier::commands {

namespace {

/// A name gets at least so much, or columns go.
constexpr std::size_t least_name_width = 22;
constexpr std::size_t branch_width = 3;

struct column_style {
  column what;
  std::string_view title;
  std::string_view sort; ///< its name in `sort`
  std::size_t width;
  int worth; ///< the least goes first where it is narrow
};

constexpr std::array<column_style, 10> styles{{
    {column::id, "ID", "id", 7, 6},
    {column::node, "NODE", "", 10, 7},
    {column::busy_share, "BUSY%", "busy", 6, 10},
    {column::rate, "MSG/S", "handled", 6, 9},
    {column::mailbox, "MAILBOX", "mailbox", 8, 8},
    {column::peak, "PEAK", "peak", 6, 3},
    {column::wait, "WAIT", "wait", 6, 5},
    {column::handled, "HANDLED", "handled", 7, 2},
    {column::busy_seconds, "BUSY", "busy", 6, 4},
    {column::restarts, "RESTARTS", "restarts", 8, 1},
}};

const column_style& style_of(column x) {
  return *std::find_if(styles.begin(), styles.end(), [x](const auto& s) { return s.what == x; });
}

std::string cell(column what, const model::value& x) {
  switch (what) {
    case column::id:
      return text_in(x, "id");
    case column::node:
      return text_in(x, "node");
    case column::busy_share:
      return fmt::format("{:.1f}", number_in(x, "busy_share") * 100);
    case column::rate:
      return short_count(number_in(x, "handled_rate"));
    case column::mailbox:
      return short_count(number_in(x, "mailbox"));
    case column::peak:
      return short_count(number_in(x, "mailbox_peak"));
    case column::wait:
      return short_time(number_in(x, "wait_seconds"));
    case column::handled:
      return short_count(number_in(x, "handled"));
    case column::busy_seconds:
      return short_time(number_in(x, "busy_seconds"));
    case column::restarts:
      return short_count(number_in(x, "restarts"));
  }
  return {};
}

std::string aligned(column what, std::string_view text) {
  return what == column::node ? fit_left(text, style_of(what).width) : fit_right(text, style_of(what).width);
}

void add_branches(std::string& out, const model::array& actors, double left_out, const actor_table& table,
                  const std::string& before, bool top) {
  for (const auto& x : actors) {
    const auto last = &x == &actors.back() && left_out == 0;
    out += table.line(x, top ? std::string{} : before + (last ? "`- " : "|- ")) + '\n';
    const auto& children = rows_in(x, "children");
    const auto hidden = std::max(0.0, number_in(x, "child_count") - static_cast<double>(children.size()));
    add_branches(out, children, hidden, table, top ? before : before + (last ? "   " : "|  "), false);
  }
  if (left_out != 0)
    out += table.note(fmt::format("{}`- {:.0f} more", before, left_out)) + '\n';
}

} // namespace

actor_table::actor_table(std::span<const column> wanted, std::size_t width, std::string_view sorted,
                         std::size_t name_width)
    : columns_(wanted.begin(), wanted.end()), width_(width) {
  if (const auto at = std::find_if(columns_.begin(), columns_.end(),
                                   [&](column x) { return !sorted.empty() && style_of(x).sort == sorted; });
      at != columns_.end())
    sorted_ = *at;
  const auto needed = [&] {
    std::size_t result = std::max(least_name_width, std::min(name_width, width / 2));
    for (const auto x : columns_)
      result += style_of(x).width + 1;
    return result;
  };
  const auto worth = [&](column x) { return x == sorted_ ? std::numeric_limits<int>::max() : style_of(x).worth; };
  while (columns_.size() > (sorted_ ? 1 : 0) && needed() > width)
    columns_.erase(
        std::min_element(columns_.begin(), columns_.end(), [&](column x, column y) { return worth(x) < worth(y); }));
}

std::string actor_table::heading() const {
  std::string out;
  for (const auto x : columns_)
    out += aligned(x, (x == sorted_ ? ">" : "") + std::string{style_of(x).title}) + ' ';
  return cut(out + "ACTOR", width_);
}

std::string actor_table::line(const model::value& actor, std::string_view prefix) const {
  std::string out;
  for (const auto x : columns_)
    out += aligned(x, cell(x, actor)) + ' ';
  return cut(out.append(prefix) + name_of(actor), width_);
}

std::string actor_table::note(std::string_view text) const {
  std::size_t before = 0;
  for (const auto x : columns_)
    before += style_of(x).width + 1;
  return cut(std::string(before, ' ').append(text), width_);
}

std::vector<column> top_columns(bool nodes) {
  std::vector<column> result{column::busy_share, column::rate,    column::mailbox, column::peak,
                             column::wait,       column::handled, column::id};
  if (nodes)
    result.push_back(column::node);
  return result;
}

std::vector<column> list_columns(bool nodes) {
  std::vector<column> result{column::id,      column::mailbox,      column::peak,
                             column::handled, column::busy_seconds, column::restarts};
  if (nodes)
    result.insert(result.begin() + 1, column::node);
  return result;
}

std::string name_of(const model::value& actor) {
  const auto label = text_in(actor, "label");
  return text_in(actor, "kind") + (label.empty() ? "" : " " + label);
}

std::size_t tree_width(const model::array& actors) {
  std::size_t result = 0;
  for (const auto& x : actors) {
    const auto& children = rows_in(x, "children");
    result = std::max({result, display_width(name_of(x)), children.empty() ? 0 : branch_width + tree_width(children)});
  }
  return result;
}

std::string actor_tree(const model::array& actors, const actor_table& table) {
  std::string out;
  add_branches(out, actors, 0, table, {}, true);
  return out;
}

} // namespace towncrier::commands
