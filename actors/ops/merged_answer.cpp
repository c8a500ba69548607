#include "actors/ops/merged_answer.hpp"

#include "actors/ops/actor_view.hpp"

#include <algorithm>
#include <array>

namespace towncrier::ops {

namespace {

/// What is added up where it is said of a whole answer.
constexpr std::array<std::string_view, 5> sums{"total", "matching", "handled_rate", "busy_share", "mailbox"};

void add(model::value& to, const model::value& x) {
  const auto* one = to.get_if<std::int64_t>();
  const auto* other = x.get_if<std::int64_t>();
  if (one != nullptr && other != nullptr)
    to = *one + *other;
  else
    to = to.number_or(0) + x.number_or(0);
}

void join(model::object& mine, const model::value& theirs) {
  const auto* members = theirs.get_if<model::object>();
  if (members == nullptr)
    return;
  for (const auto& [key, x] : *members) {
    const auto at = std::find_if(mine.begin(), mine.end(), [&k = key](const auto& m) { return m.first == k; });
    if (at == mine.end())
      continue;
    auto* ours = at->second.get_if<model::array>();
    if (const auto* rows = x.get_if<model::array>(); rows != nullptr && ours != nullptr)
      ours->insert(ours->end(), rows->begin(), rows->end());
    else if (std::find(sums.begin(), sums.end(), key) != sums.end())
      add(at->second, x);
  }
}

double number_in(const model::value& x, std::string_view key) {
  const auto* found = x.find(key);
  return found == nullptr ? 0 : found->number_or(0);
}

/// The member of an actor that `sort` is about.
std::string_view member_of(std::string_view sort, bool in_window) {
  if (sort == "handled")
    return in_window ? "handled_rate" : "handled";
  if (sort == "peak")
    return "mailbox_peak";
  if (sort == "wait")
    return "wait_seconds";
  if (sort == "mailbox" || sort == "skipped" || sort == "restarts")
    return sort;
  return in_window ? "busy_share" : "busy_seconds";
}

void order(model::array& actors, const model::object& question, bool in_window) {
  const auto sort = text_of(question, "sort");
  if (!in_window && (sort.empty() || sort == "id"))
    std::stable_sort(actors.begin(), actors.end(),
                     [](const auto& x, const auto& y) { return number_in(x, "id") < number_in(y, "id"); });
  else
    std::stable_sort(actors.begin(), actors.end(), [key = member_of(sort, in_window)](const auto& x, const auto& y) {
      return number_in(x, key) > number_in(y, key);
    });
  actors.resize(std::min(actors.size(), limit_of(question, in_window ? 20 : 100)));
}

bool done(const model::value& x) {
  const auto* ok = x.find("ok");
  return ok != nullptr && *ok == model::value{true};
}

model::value first_done(model::value mine, std::vector<std::pair<std::string, model::value>> theirs) {
  if (done(mine))
    return mine;
  for (auto& [node, x] : theirs)
    if (done(x)) {
      if (auto* members = x.get_if<model::object>())
        model::set(*members, "node", node);
      return std::move(x);
    }
  return mine;
}

} // namespace

model::value merged(const model::object& question, model::value mine,
                    std::vector<std::pair<std::string, model::value>> theirs) {
  const auto what = text_of(question, "what");
  if (what == "act")
    return first_done(std::move(mine), std::move(theirs));
  auto* all = mine.get_if<model::object>();
  if (all == nullptr)
    return mine;
  for (const auto& [node, x] : theirs)
    join(*all, x);
  const auto at = std::find_if(all->begin(), all->end(), [](const auto& x) { return x.first == "actors"; });
  auto* actors = at == all->end() ? nullptr : at->second.get_if<model::array>();
  const auto* as_tree = model::find(question, "tree");
  if (actors != nullptr && (as_tree == nullptr || *as_tree != model::value{true}))
    order(*actors, question, what == "top");
  return mine;
}

} // namespace towncrier::ops
