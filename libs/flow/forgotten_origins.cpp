#include "flow/forgotten_origins.hpp"

#include <algorithm>

namespace towncrier::flow {

namespace {

/// Each keeps a position. Past it the oldest two become one, whose origins then count as forgotten later than they
/// were.
constexpr std::size_t max_groups = 32;

} // namespace

void forgotten_origins::forget(const std::string& origin, model::position& current) {
  const auto end = current.find(origin);
  if (!end)
    return;
  ends_.advance({origin, end->incarnation, end->sequence});
  model::position rest;
  for (const auto& [name, at] : current.marks())
    if (name != origin)
      rest.advance({name, at.incarnation, at.sequence});
  current = std::move(rest);
  groups_.push_back({{origin}, current});
  if (groups_.size() <= max_groups)
    return;
  auto oldest = std::move(groups_.front().origins);
  groups_.pop_front();
  auto& next = groups_.front().origins;
  next.insert(next.end(), std::make_move_iterator(oldest.begin()), std::make_move_iterator(oldest.end()));
}

void forgotten_origins::note_undated(const model::origin_position& stamp) {
  for (auto& x : groups_)
    x.known.advance(stamp);
}

std::optional<model::position> forgotten_origins::translate(const model::position& x,
                                                            const model::position& current) const {
  const auto may_have_missed = [&](const group& y) {
    const auto unnamed = [&](const auto& origin) { return !x.find(origin); };
    return std::any_of(y.origins.begin(), y.origins.end(), unnamed) && !is_later(x, y.known);
  };
  if (std::any_of(groups_.begin(), groups_.end(), may_have_missed))
    return std::nullopt;
  model::position result;
  for (const auto& [origin, at] : x.marks()) {
    if (was_at_end(origin, at, current))
      continue;
    // It missed some, or is ahead of what was heard here.
    if (!current.find(origin))
      return std::nullopt;
    result.advance({origin, at.incarnation, at.sequence});
  }
  return result;
}

/// A mark of an origin that was forgotten, and perhaps came back, shows nothing unless it is beyond its end then.
bool forgotten_origins::is_later(const model::position& x, const model::position& than) const {
  return std::any_of(x.marks().begin(), x.marks().end(), [&](const auto& entry) {
    const auto& [origin, at] = entry;
    const auto then = than.find(origin);
    const auto end = ends_.find(origin);
    // At the beginning of its life it may have been for long.
    return at.sequence != 0 && (!then || at > *then) && (!end || at > *end);
  });
}

/// Whether who is there saw all of a forgotten origin. Should the same life be back, it goes on from there instead.
bool forgotten_origins::was_at_end(const std::string& origin, const model::position::mark& at,
                                   const model::position& current) const {
  const auto end = ends_.find(origin);
  const auto here = current.find(origin);
  return end && *end == at && !(here && here->incarnation == at.incarnation);
}

} // namespace towncrier::flow
