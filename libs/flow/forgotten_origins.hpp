#pragma once

#include "model/position.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace towncrier::flow {

/// Origins that are gone for good and stand in positions no more, which would only grow; and what the position of a
/// viewer is worth that still names one of them, or may be from before it came.
///
/// Precondition for all of it: an origin is forgotten long after its end. Longer than any history or log reaches back,
/// and what was heard of it at other places has been there for as long.
class forgotten_origins {
public:
  /// Takes `origin` out of `current`; nothing happens where that does not name it.
  void forget(const std::string& origin, model::position& current);

  /// What was told up to `stamp` came in another form than its batches: it may have been said at any time.
  void note_undated(const model::origin_position& stamp);

  /// `x` as positions are written here now, where `current` is. Empty when its viewer may have missed something of a
  /// forgotten origin: `x` names it short of its end, or does not name it and cannot be shown to be from after its end.
  /// That is shown by a batch that came here since the origin was forgotten, and had just been said.
  std::optional<model::position> translate(const model::position& x, const model::position& current) const;

  /// How many were forgotten.
  std::size_t size() const noexcept { return ends_.marks().size(); }

private:
  /// Origins that were forgotten at about the same time.
  struct group {
    std::vector<std::string> origins;
    /// What was known here when the last of them was forgotten, and what came later but may have been said before.
    model::position known;
  };

  bool is_later(const model::position& x, const model::position& than) const;
  bool was_at_end(const std::string& origin, const model::position::mark& at, const model::position& current) const;

  std::deque<group> groups_;
  /// Where each stood.
  model::position ends_;
};

} // namespace towncrier::flow
