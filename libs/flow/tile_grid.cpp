#include "flow/tile_grid.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace towncrier::flow {

namespace {

/// A tile of level n is 2^n wide. Only every second level is used: half as many to ask, tiles at most 4 times as wide
/// as the area.
constexpr int min_level = -20;
constexpr int max_level = 40;
constexpr int level_step = 2;

/// One tile for all areas that are larger than any tile, and those that are no areas at all.
constexpr int everywhere = max_level + level_step;

static_assert((everywhere - min_level) / level_step + 1 == tile_grid::max_levels);

/// Both ends' tiles are all there are: an area is smaller than a tile, even after its far end was rounded. (Where
/// coordinates are so large that neighbouring doubles lie tiles apart, no point is between.)
template <class F>
void for_each_end(double first, double last, F f) {
  f(first);
  if (last > first)
    f(last);
}

} // namespace

void tile_grid::insert(slot owner, const model::area& x) {
  for_each_tile(x, [&](const tile& at) { tiles_[at].push_back({owner, x}); });
  ++levels_[level_of(x)];
}

void tile_grid::erase(slot owner, const model::area& x) {
  for_each_tile(x, [&](const tile& at) {
    auto& tenants = tiles_[at];
    const auto gone = std::find_if(tenants.begin(), tenants.end(), [&](const tenant& y) { return y.owner == owner; });
    *gone = tenants.back();
    tenants.pop_back();
    if (tenants.empty())
      tiles_.erase(at);
  });
  if (--levels_[level_of(x)] == 0)
    levels_.erase(level_of(x));
}

std::size_t tile_grid::tile_hash::operator()(const tile& x) const noexcept {
  constexpr std::size_t golden = 0x9e3779b97f4a7c15;
  const std::hash<double> hash;
  auto sum = static_cast<std::size_t>(x.level);
  sum = (sum ^ hash(x.column)) * golden;
  return (sum ^ hash(x.row)) * golden;
}

int tile_grid::level_of(const model::area& x) noexcept {
  const auto longer = std::max(x.width, x.height);
  if (!std::isfinite(x.x) || !std::isfinite(x.y) || !(longer >= 0 && longer < std::ldexp(1.0, max_level)))
    return everywhere;
  int exponent = 0;
  std::frexp(longer, &exponent);
  const auto even = exponent + (exponent & 1);
  return std::max(even, min_level);
}

tile_grid::tile tile_grid::tile_of(int level, const model::point& p) noexcept {
  if (level == everywhere)
    return {level, 0, 0};
  return {level, std::floor(std::ldexp(p.x, -level)), std::floor(std::ldexp(p.y, -level))};
}

template <class F>
void tile_grid::for_each_tile(const model::area& x, F f) {
  const auto level = level_of(x);
  const auto first = tile_of(level, {x.x, x.y});
  const auto last = tile_of(level, {x.x + x.width, x.y + x.height});
  for_each_end(first.column, last.column, [&](double column) {
    for_each_end(first.row, last.row, [&](double row) { f(tile{level, column, row}); });
  });
}

} // namespace towncrier::flow
