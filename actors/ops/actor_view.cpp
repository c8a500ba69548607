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

using family = std::unordered_map<caf::actor_id, std::vector<const actor_row*>>;

/// How many children of each are shown: all at the top first, then one of each family in turn, level by level, so that
/// a large family does not hide the others.
std::unordered_map<caf::actor_id, std::size_t> shares(const family& children, tree_bounds left) {
  std::unordered_map<caf::actor_id, std::size_t> result;
  std::vector<caf::actor_id> level{0};
  while (!level.empty() && left.limit != 0) {
    std::vector<caf::actor_id> next;
    for (auto open = level; !open.empty() && left.limit != 0;) {
      std::vector<caf::actor_id> again;
      for (const auto parent : open) {
        const auto found = children.find(parent);
        auto& n = result[parent];
        const auto most = parent == 0 ? SIZE_MAX : left.each;
        if (found == children.end() || n == std::min(found->second.size(), most) || left.limit == 0)
          continue;
        next.push_back(found->second[n++]->id);
        --left.limit;
        again.push_back(parent);
      }
      open = std::move(again);
    }
    level = std::move(next);
  }
  return result;
}

model::array branch(const family& children, const std::unordered_map<caf::actor_id, std::size_t>& shares,
                    caf::actor_id parent, const std::string& node) {
  model::array result;
  const auto found = children.find(parent);
  const auto share = shares.find(parent);
  if (found == children.end() || share == shares.end())
    return result;
  for (std::size_t i = 0; i < share->second; ++i) {
    const auto& row = *found->second[i];
    auto shown = view(row, node);
    const auto own = children.find(row.id);
    shown.emplace_back("child_count", std::uint64_t{own == children.end() ? 0 : own->second.size()});
    if (auto below = branch(children, shares, row.id, node); !below.empty())
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

void add_relations(model::object& to, const hosting::actor_relations& x) {
  const auto add = [&to](std::string name, const hosting::actor_relations::list& list) {
    model::array ids;
    for (const auto id : list.first)
      ids.emplace_back(std::uint64_t{id});
    to.emplace_back(name, std::move(ids));
    to.emplace_back(name + "_count", std::uint64_t{list.count});
  };
  add("children", x.children);
  add("links", x.links);
  add("monitors", x.monitors);
  add("monitored_by", x.monitored_by);
  to.emplace_back("ties_elsewhere", std::uint64_t{x.elsewhere});
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

std::size_t limit_of(const model::object& question, std::size_t fallback) {
  constexpr std::size_t most = 1'000'000;
  return std::min<std::size_t>(number_of(question, "limit", fallback), most);
}

actor_filter::actor_filter(const model::object& question)
    : kind_(text_of(question, "kind")), label_(text_of(question, "label")), text_(text_of(question, "text")),
      part_(text_of(question, "filter")), kinds_(hosting::actor_list::kind_names()) {
  if (model::find(question, "parent") != nullptr)
    parent_ = number_of(question, "parent", 0);
}

bool actor_filter::operator()(const actor_row& x) const {
  if ((parent_ && x.parent != *parent_) || (!label_.empty() && x.label != label_) || !contains(x.label, text_))
    return false;
  if (kind_.empty() && part_.empty())
    return true;
  const auto& kind = kinds_[std::min<std::size_t>(x.kind, kinds_.size() - 1)];
  return (kind_.empty() || kind == kind_) && (part_.empty() || contains(kind + ':' + x.label, part_));
}

void keep_first(std::vector<const actor_row*>& rows, std::string_view sort, std::size_t limit) {
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(limit, rows.size()));
  if (sort.empty() || sort == "id")
    std::partial_sort(rows.begin(), end, rows.end(), [](const auto* x, const auto* y) { return x->id < y->id; });
  else
    std::partial_sort(rows.begin(), end, rows.end(), [&](const auto* x, const auto* y) {
      const auto one = key_of(*x, sort);
      const auto other = key_of(*y, sort);
      return one != other ? one > other : x->id < y->id;
    });
  rows.erase(end, rows.end());
}

model::array tree(const std::vector<const actor_row*>& rows, const std::string& node, const tree_bounds& bounds) {
  std::unordered_set<caf::actor_id> present;
  for (const auto* x : rows)
    present.insert(x->id);
  family children;
  for (const auto* x : rows) // whose parent is gone stands at the top
    children[present.contains(x->parent) ? x->parent : 0].push_back(x);
  return branch(children, shares(children, bounds), 0, node);
}

} // namespace towncrier::ops
