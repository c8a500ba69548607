#pragma once

#include "model/character.hpp"
#include "model/client_message.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

namespace towncrier::flow {

/// Finds the areas around a point without looking at all areas: a hierarchical grid (Ericson, Real-Time Collision
/// Detection, 2005, section 7.2). An area lies in the level whose tiles are just larger than its longer side, and so in
/// at most 4 tiles, however large it is; a point asks one tile of each level in use, of which there are at most
/// `max_levels`.
class tile_grid {
public:
  using slot = std::uint32_t;

  static constexpr std::size_t max_levels = 32;

  void insert(slot owner, const model::area& x);

  /// Precondition: `insert` was called with the same arguments.
  void erase(slot owner, const model::area& x);

  /// Calls `f(owner)` for each area that contains `p`.
  template <class F>
  void for_each_around(const model::point& p, F f) const {
    for (const auto& level : levels_)
      if (const auto at = tiles_.find(tile_of(level.first, p)); at != tiles_.end())
        for (const auto& x : at->second)
          if (x.area.contains(p))
            f(x.owner);
  }

  /// How many tiles hold something: what the memory of the grid grows with.
  std::size_t tile_count() const noexcept { return tiles_.size(); }

private:
  /// Tiles are numbered in doubles: these reach as far as coordinates do, and never overflow an integer.
  struct tile {
    int level = 0;
    double column = 0;
    double row = 0;

    friend bool operator==(const tile&, const tile&) = default;
  };

  struct tile_hash {
    std::size_t operator()(const tile& x) const noexcept;
  };

  struct tenant {
    slot owner = 0;
    model::area area;
  };

  static int level_of(const model::area& x) noexcept;
  static tile tile_of(int level, const model::point& p) noexcept;

  template <class F>
  static void for_each_tile(const model::area& x, F f);

  std::unordered_map<tile, std::vector<tenant>, tile_hash> tiles_;
  /// The levels in use, each with the number of its areas.
  std::map<int, std::size_t> levels_;
};

} // namespace towncrier::flow
