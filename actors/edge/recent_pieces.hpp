#pragma once

#include "fanout/chunk.hpp"
#include "flow/time.hpp"
#include "model/position.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace towncrier::edge {

/// Pieces of the history that were given a moment ago. When many are cut off at once, most come back to the same place:
/// what they are given is encoded once, and is there once while it waits for their sockets. Keeps the last
/// `most_pieces`, for as long as their time of sending is still true.
class recent_pieces {
public:
  static constexpr std::size_t most_pieces = 16;
  static constexpr std::chrono::milliseconds max_age{50};

  /// From where to where a piece goes: numbers of records, and the positions of a viewer before and after it.
  struct stretch {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    model::position before;
    model::position after;

    friend bool operator==(const stretch&, const stretch&) = default;
  };

  /// The piece over `x` that shows `entries`; nullptr: there is none. O(pieces), and O(entries) when there is.
  fanout::chunk_ptr find(const stretch& x, const std::vector<fanout::entry>& entries, flow::time_point now) const {
    for (const auto& known : pieces_)
      if (known.what && now - known.made <= max_age && known.over == x && known.what->entries() == entries)
        return known.what;
    return nullptr;
  }

  /// Keeps one, in place of the oldest.
  void add(stretch x, fanout::chunk_ptr what, flow::time_point now) {
    pieces_[next_] = {std::move(x), std::move(what), now};
    next_ = (next_ + 1) % most_pieces;
  }

  /// Forgets those that are too old to be given.
  void forget(flow::time_point now) {
    for (auto& x : pieces_)
      if (x.what && now - x.made > max_age)
        x = {};
  }

private:
  struct piece {
    stretch over;
    fanout::chunk_ptr what;
    flow::time_point made;
  };

  std::array<piece, most_pieces> pieces_;
  std::size_t next_ = 0;
};

} // namespace towncrier::edge
