#include "flow/origin_log.hpp"

#include <algorithm>

namespace towncrier::flow {

bool origin_log::note(const model::origin_position& stamp, std::uint64_t stands_for) {
  if (stamp.sequence == 0)
    return false;
  const auto [at, is_new] = origins_.try_emplace(stamp.origin);
  auto& known = at->second;
  if (!is_new && mark{stamp.incarnation, stamp.sequence} <= mark{known.incarnation, known.last})
    return false;
  const bool same_life = !is_new && stamp.incarnation == known.incarnation;
  if (!is_new && !same_life)
    known.ended = mark{known.incarnation, known.last};
  const auto before = stamp.sequence - std::min(stands_for, stamp.sequence);
  if (!same_life || before > known.last)
    known.missing = before;
  known.incarnation = stamp.incarnation;
  known.last = stamp.sequence;
  return true;
}

void origin_log::forget(const model::origin_position& stamp) {
  auto& known = origins_.find(stamp.origin)->second;
  if (known.incarnation == stamp.incarnation)
    known.missing = std::max(known.missing, stamp.sequence);
}

void origin_log::erase(std::string_view name) {
  if (const auto at = origins_.find(name); at != origins_.end())
    origins_.erase(at);
}

std::optional<std::size_t> origin_log::missed(const model::position& from, const model::position& current) const {
  for (const auto& [name, at] : from.marks())
    if (!current.find(name))
      return std::nullopt;
  std::size_t sum = 0;
  for (const auto& [name, to] : current.marks()) {
    const auto count = missed(name, from.find(name), to);
    if (!count)
      return std::nullopt;
    sum += *count;
  }
  return sum;
}

/// The same of the origin called `name`; `from` is empty for a viewer that saw nothing of it.
std::optional<std::size_t> origin_log::missed(std::string_view name, const std::optional<mark>& from,
                                              const mark& to) const {
  if (from == to)
    return 0;
  const auto at = origins_.find(name);
  if (at == origins_.end() || from > to)
    return std::nullopt;
  const auto& known = at->second;
  const bool same_life = from && from->incarnation == to.incarnation;
  // Whoever saw another life, or none, must be at the very end of all that came before this one.
  if (!same_life && from != known.ended)
    return std::nullopt;
  const auto start = same_life ? from->sequence : 0;
  if (known.incarnation != to.incarnation || known.last < to.sequence || known.missing > start)
    return std::nullopt;
  return to.sequence - start;
}

std::uint64_t sequences_after(const model::position& from, const model::origin_position& x) {
  const auto at = from.find(x.origin);
  return at && at->incarnation == x.incarnation ? x.sequence - at->sequence : x.sequence;
}

bool is_between(const model::origin_position& x, const model::position& from, const model::position& current) {
  using mark = model::position::mark;
  const mark at{x.incarnation, x.sequence};
  const auto last = current.find(x.origin);
  return last && at <= *last && at > from.find(x.origin).value_or(mark{});
}

} // namespace towncrier::flow
