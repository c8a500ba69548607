#pragma once

#include "flow/fifo.hpp"
#include "model/batch.hpp"
#include "model/position.hpp"

#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace towncrier::flow {

/// Takes in what a peer sends over a link: puts the parts of conflated parcels together, and knows what the peer may be
/// told that this node has (its credit). The counterpart of `link_sender`.
///
/// Parcels are numbered 1, 2, 3, ... in a session and come in that order. What is only part of a parcel is shown to
/// nobody before its last part is here: if it were, and the link was lost in between, it would come again, and nobody
/// could tell who has it.
class link_receiver {
public:
  /// `known`: what is here of the peer already.
  explicit link_receiver(model::position::mark known = {}) noexcept : known_(known) {}

  /// A session begins, or is over: parts without their last are forgotten, and come again.
  void reset() noexcept {
    parts_.clear();
    received_ = 0;
    undelivered_.clear();
  }

  /// Parcel `number` is a part; more follows.
  void take_part(std::uint64_t number, model::batch x) {
    received_ = number;
    move_changes(parts_, x);
  }

  /// Parcel `number` brings this node to the stamp of `x`. Gives what is to be shown: `x`, with the parts before it. It
  /// counts as undelivered until `delivered`.
  model::batch take(std::uint64_t number, model::batch x) {
    received_ = number;
    undelivered_.push(number);
    known_ = {x.stamp.incarnation, x.stamp.sequence};
    if (parts_.empty())
      return x;
    auto all = std::exchange(parts_, {});
    move_changes(all, x);
    x.changes = std::move(all);
    x.followed.clear(); // they count from the beginning of the last part
    return x;
  }

  /// All hubs of this node have parcel `number`, and so those before it.
  void delivered(std::uint64_t number) {
    while (!undelivered_.empty() && undelivered_.front() <= number)
      undelivered_.pop();
  }

  /// The peer's parcels up to this one are here for good, or, where they are parts, kept.
  std::uint64_t credited() const noexcept { return undelivered_.empty() ? received_ : undelivered_.front() - 1; }

  /// How far this node is in what the peer says.
  const model::position::mark& known() const noexcept { return known_; }

private:
  static void move_changes(std::vector<model::change>& to, model::batch& from) {
    to.insert(to.end(), std::make_move_iterator(from.changes.begin()), std::make_move_iterator(from.changes.end()));
  }

  model::position::mark known_;
  std::vector<model::change> parts_;
  std::uint64_t received_ = 0;
  fifo<std::uint64_t> undelivered_;
};

} // namespace towncrier::flow
