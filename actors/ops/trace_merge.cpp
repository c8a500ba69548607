#include "actors/ops/trace_merge.hpp"

#include "actors/ops/actor_view.hpp"
#include "tracing/span.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

namespace towncrier::ops {

namespace {

/// Of one trace, over all nodes.
constexpr std::size_t max_messages = 1000;
constexpr std::size_t max_nodes = 64;

constexpr std::array<std::string_view, 6> receivers{"written", "conflated", "filtered", "dropped", "held", "waiting"};

double number_in(const model::object& x, std::string_view key) {
  const auto* found = model::find(x, key);
  return found == nullptr ? 0 : found->number_or(0);
}

std::int64_t count_in(const model::object& x, std::string_view key) {
  return static_cast<std::int64_t>(std::clamp(number_in(x, key), -1e15, 1e15));
}

const model::array& rows_in(const model::object& x, std::string_view key) {
  static const model::array none;
  const auto* found = model::find(x, key);
  const auto* rows = found == nullptr ? nullptr : found->get_if<model::array>();
  return rows == nullptr ? none : *rows;
}

double end_of(const model::object& span) {
  return number_in(span, "start_ms") + number_in(span, "kept_ms") + number_in(span, "handler_ms");
}

/// How many steps are before one; of spans that name each other, not all are counted.
std::size_t depth_of(const std::map<std::string, const model::object*>& by_id, const model::object* span) {
  constexpr std::size_t deepest = 64;
  std::size_t depth = 0;
  for (; depth < deepest; ++depth) {
    const auto at = by_id.find(text_of(*span, "parent"));
    if (at == by_id.end())
      break;
    span = at->second;
  }
  return depth;
}

/// How long there must be silence after a message for it to have come to its end, in milliseconds. Who passed it on
/// last says it: it is in somebody's mailbox yet, however long that takes; or it may be, where a node that has no
/// clients, or does not answer, looks the same.
double silence_after(const std::map<std::string, model::object>& spans, double quiet_ms) {
  constexpr std::array<std::string_view, 2> perhaps{"exchanged", "linked"};
  constexpr std::array<std::string_view, 7> surely{"received",  "ticked",  "admitted", "directed",
                                                   "published", "batched", "arrived"};
  std::set<std::string> parents;
  for (const auto& [key, span] : spans)
    parents.insert(text_of(span, "parent"));
  auto result = quiet_ms;
  for (const auto& [key, span] : spans) {
    const auto step = text_of(span, "step");
    if (parents.contains(text_of(span, "id")) || text_of(span, "outcome") != "passed")
      continue;
    if (std::find(surely.begin(), surely.end(), step) != surely.end())
      return std::numeric_limits<double>::infinity();
    if (std::find(perhaps.begin(), perhaps.end(), step) != perhaps.end())
      result = quiet_ms * 5;
  }
  return result;
}

/// By when they began, and those of one moment as one came from the other.
model::array in_order(const std::map<std::string, model::object>& spans) {
  struct placed {
    double start;
    std::size_t depth;
    const model::object* span;
  };
  std::map<std::string, const model::object*> by_id;
  for (const auto& [key, span] : spans)
    by_id.emplace(text_of(span, "id"), &span);
  std::vector<placed> all;
  for (const auto& [key, span] : spans)
    all.push_back({number_in(span, "start_ms"), depth_of(by_id, &span), &span});
  std::stable_sort(all.begin(), all.end(), [](const placed& x, const placed& y) {
    return x.start < y.start || (!(y.start < x.start) && x.depth < y.depth);
  });
  model::array result;
  for (const auto& x : all)
    result.emplace_back(*x.span);
  return result;
}

/// What took longest: the handler of an actor, the way into one, or the wait with one.
struct slowest {
  const model::object* where = nullptr;
  std::string_view what;
  double took = 0;

  void look_at(const model::object& span) {
    for (const std::string_view x : {"handler", "mailbox", "kept"})
      if (const auto ms = number_in(span, std::string{x} + "_ms"); ms > took)
        *this = {&span, x, ms};
  }

  model::value show() const {
    if (where == nullptr)
      return {};
    model::object result{{"what", what}, {"ms", took}};
    for (const auto key : {"id", "node", "actor", "kind", "label", "step"})
      if (const auto* x = model::find(*where, key))
        result.emplace_back(key, *x);
    return result;
  }
};

} // namespace

void trace_merge::add(const model::value& messages) {
  const auto* rows = messages.get_if<model::array>();
  if (rows == nullptr)
    return;
  for (const auto& row : *rows) {
    const auto* x = row.get_if<model::object>();
    const auto id = x == nullptr ? std::string{} : text_of(*x, "trace_id") + '/' + text_of(*x, "id");
    if (id.size() < 2 || (messages_.size() >= max_messages && !messages_.contains(id)))
      continue;
    auto& mine = messages_[id];
    for (const auto& [key, value] : *x)
      if (key != "spans" && key != "by_node" && !value.is_null())
        model::set(mine.head, key, value);
      else if (value.is_null() && model::find(mine.head, key) == nullptr)
        mine.head.emplace_back(key, value);
    mine.began = number_in(mine.head, "began");
    for (const auto& span : rows_in(*x, "spans"))
      if (const auto* members = span.get_if<model::object>();
          members != nullptr && mine.spans.size() < tracing::max_spans * max_nodes)
        mine.spans[text_of(*members, "node") + '/' + text_of(*members, "id")] = *members;
    const auto* counted = model::find(*x, "by_node");
    if (const auto* nodes = counted == nullptr ? nullptr : counted->get_if<model::object>())
      for (const auto& [node, value] : *nodes)
        if (const auto* members = value.get_if<model::object>(); members != nullptr && mine.counted.size() < max_nodes)
          mine.counted[node] = *members;
  }
}

void trace_merge::keep_those_of(const std::string& node, const std::string& label) {
  std::erase_if(messages_, [&](const auto& x) {
    return std::none_of(x.second.spans.begin(), x.second.spans.end(), [&](const auto& one) {
      const auto& span = one.second;
      return text_of(span, "label") == label && text_of(span, "kind") == "connection" &&
             text_of(span, "node") == node && text_of(span, "outcome") != "filtered";
    });
  });
}

std::vector<const trace_merge::message*> trace_merge::first(std::size_t count) const {
  std::vector<const message*> result;
  for (const auto& [id, x] : messages_)
    result.push_back(&x);
  std::sort(result.begin(), result.end(), [](const auto* x, const auto* y) { return x->began < y->began; });
  result.resize(std::min(count, result.size()));
  return result;
}

bool trace_merge::settled(std::size_t count, double quiet_ms) const {
  const auto all = first(count);
  return all.size() == count && std::all_of(all.begin(), all.end(), [&](const message* x) {
           const auto waits = std::any_of(x->spans.begin(), x->spans.end(), [](const auto& one) {
             return text_of(one.second, "step") == "linked" && text_of(one.second, "outcome") == "held";
           });
           const auto silence = silence_after(x->spans, quiet_ms);
           return !waits && std::all_of(x->counted.begin(), x->counted.end(), [&](const auto& one) {
             return count_in(one.second, "waiting") == 0 && count_in(one.second, "held") == 0 &&
                    number_in(one.second, "idle_ms") >= silence;
           });
         });
}

model::array trace_merge::show(std::size_t count) const {
  model::array result;
  for (const auto* x : first(count)) {
    auto shown = x->head;
    double took = 0;
    slowest worst;
    for (const auto& [id, span] : x->spans) {
      took = std::max(took, end_of(span));
      worst.look_at(span);
    }
    model::object sums;
    model::object by_node;
    std::int64_t left_off = 0;
    for (const auto key : receivers) {
      std::int64_t sum = 0;
      for (const auto& [node, counted] : x->counted)
        sum += count_in(counted, key);
      sums.emplace_back(std::string{key}, sum);
    }
    for (const auto& [node, counted] : x->counted) {
      left_off += count_in(counted, "spans_left_off");
      model::object own;
      for (const auto key : receivers)
        own.emplace_back(std::string{key}, count_in(counted, key));
      by_node.emplace_back(node, std::move(own));
    }
    model::set(shown, "took_ms", took);
    model::set(shown, "slowest", worst.show());
    model::set(shown, "receivers", std::move(sums));
    model::set(shown, "receivers_by_node", std::move(by_node));
    model::set(shown, "spans", in_order(x->spans));
    model::set(shown, "spans_left_off", left_off);
    result.emplace_back(std::move(shown));
  }
  return result;
}

} // namespace towncrier::ops
