#pragma once

#include <algorithm>
#include <cstdint>

namespace towncrier::flow {

/// The time that the nodes of a cluster go by together, whatever their wall clocks say: each node keeps it as so much
/// ahead of its own steady clock. All in microseconds.
///
/// A node that comes begins with its own wall clock, and takes over the time of the first node that knows better. From
/// then on its time does not fall any more: of two nodes that know it equally well the one that is behind goes on to
/// where the other is, beyond what may be an error of the measuring. So the cluster goes by the wall clock of the node
/// that was there first, as fast as the fastest steady clock, and no clock that is set moves it.
class cluster_time {
public:
  /// How well a node knows it.
  enum class source : std::uint8_t {
    own_clock, ///< not at all: nobody may go by it
    guess,     ///< there are others, and it could not hear them
    cluster,   ///< from the others, or there were none
  };

  /// How far two nodes that know it may be apart.
  static constexpr std::int64_t tolerance = 50'000;

  explicit cluster_time(std::int64_t wall_ahead) : ahead_(wall_ahead) {}

  /// So much it is ahead of this node's steady clock.
  std::int64_t ahead() const noexcept { return ahead_; }

  source known_from() const noexcept { return source_; }

  /// There is nobody to take it from: no other node (`cluster`), or none that could be heard (`guess`).
  void settle(source x) noexcept { source_ = std::max(source_, x); }

  /// The time of another node is so much ahead of this node's steady clock, `error` more or less.
  void hear(std::int64_t ahead, std::int64_t error, source x) noexcept {
    if (x == source::own_clock || x < source_)
      return;
    if (x > source_ || ahead > ahead_ + tolerance + error)
      ahead_ = ahead;
    source_ = x;
  }

  /// It is known to have been at least `ahead` of this node's steady clock.
  void raise(std::int64_t ahead) noexcept { ahead_ = std::max(ahead_, ahead); }

private:
  std::int64_t ahead_;
  source source_ = source::own_clock;
};

} // namespace towncrier::flow
