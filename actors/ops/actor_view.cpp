#include "actors/ops/actor_view.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

namespace towncrier::ops {

namespace {

using hosting::actor_row;

double seconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

std::uint64_t key_of(const actor_row& x, std::string_view sort) {
  if (sort == "mailbox")
    return x.mailbox;
  if (sort == "handled")
    return x.handled;
  if (sort == "peak")
    return x.peak;
  if (sort == "skipped")
    return x.skipped;
  if (sort == "wait")
    return x.last_wait;
  if (sort == "restarts")
    return x.restarts;
  return x.busy;
}

model::array branch(const std::unordered_map<caf::actor_id, std::vector<const actor_row*>>& children,
                    caf::actor_id parent, const std::string& node, tree_bounds& left) {
  model::array result;
  const auto found = children.find(parent);
  if (found == children.end())
    return result;
  for (const auto* row : found->second) {
    if (left.limit == 0 || (parent != 0 && result.size() == left.each))
      break;
    --left.limit;
    auto shown = view(*row, node);
    const auto family = children.find(row->id);
    shown.emplace_back("child_count", std::uint64_t{family == children.end() ? 0 : family->second.size()});
    if (auto below = branch(children, row->id, node, left); !below.empty())
      shown.emplace_back("children", std::move(below));
    result.emplace_back(std::move(shown));
  }
  return result;
}

/// Whether `part` is in `whole`, whatever the case of its ASCII letters.
bool contains(std::string_view whole, std::string_view part) {
  const auto lower = [](char x) { return x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x; };
  return part.empty() || std::search(whole.begin(), whole.end(), part.begin(), part.end(),
                                     [&](char x, char y) { return lower(x) == lower(y); }) != whole.end();
}

} // namespace

model::object view(const actor_row& x, const std::string& node, const std::optional<rates>& in_window) {
  model::object result{{"id", std::uint64_t{x.id}},
                       {"kind", hosting::actor_list::kind_name(x.kind)},
                       {"label", x.label},
                       {"node", node},
                       {"parent", x.parent == 0 ? model::value{} : model::value{std::uint64_t{x.parent}}},
                       {"mailbox", x.mailbox},
                       {"mailbox_peak", x.peak},
                       {"handled", x.handled},
                       {"skipped", x.skipped},
                       {"busy_seconds", seconds(x.busy)},
                       {"running_seconds", seconds(x.running)},
                       {"wait_seconds", static_cast<double>(x.last_wait) / 1e6},
                       {"restarts", x.restarts},
                       {"spawned", x.spawned}};
  if (in_window) {
    result.emplace_back("handled_rate", in_window->handled);
    result.emplace_back("busy_share", in_window->busy);
  }
  return result;
}

std::string text_of(const model::object& question, std::string_view key) {
  const auto* found = model::find(question, key);
  const auto* text = found == nullptr ? nullptr : found->get_if<std::string>();
  return text == nullptr ? std::string{} : *text;
}

std::uint64_t number_of(const model::object& question, std::string_view key, std::uint64_t fallback) {
  const auto* found = model::find(question, key);
  if (found == nullptr)
    return fallback;
  if (const auto* number = found->get_if<std::int64_t>())
    return *number < 0 ? fallback : static_cast<std::uint64_t>(*number);
  const auto text = text_of(question, key);
  std::uint64_t result = fallback;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

void select(std::vector<actor_row>& rows, const model::object& question) {
  const auto kind = text_of(question, "kind");
  const auto label = text_of(question, "label");
  const auto text = text_of(question, "text");
  const auto* parent = model::find(question, "parent");
  const auto of = number_of(question, "parent", 0);
  std::erase_if(rows, [&](const actor_row& x) {
    return (!kind.empty() && hosting::actor_list::kind_name(x.kind) != kind) || (!label.empty() && x.label != label) ||
           !contains(x.label, text) || (parent != nullptr && x.parent != of);
  });
  const auto sort = text_of(question, "sort");
  if (sort.empty() || sort == "id")
    std::sort(rows.begin(), rows.end(), [](const auto& x, const auto& y) { return x.id < y.id; });
  else
    std::sort(rows.begin(), rows.end(),
              [&](const auto& x, const auto& y) { return key_of(x, sort) > key_of(y, sort); });
}

model::array tree(const std::vector<actor_row>& rows, const std::string& node, const tree_bounds& bounds) {
  std::unordered_set<caf::actor_id> present;
  for (const auto& x : rows)
    present.insert(x.id);
  std::unordered_map<caf::actor_id, std::vector<const actor_row*>> children;
  for (const auto& x : rows) // whose parent is gone stands at the top
    children[present.contains(x.parent) ? x.parent : 0].push_back(&x);
  auto left = bounds;
  return branch(children, 0, node, left);
}

} // namespace towncrier::ops
