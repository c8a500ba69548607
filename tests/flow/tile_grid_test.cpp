#include "flow/tile_grid.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace towncrier::flow {
namespace {

using slots = std::vector<tile_grid::slot>;

slots around(const tile_grid& grid, const model::point& p) {
  slots out;
  grid.for_each_around(p, [&](auto who) { out.push_back(who); });
  std::sort(out.begin(), out.end());
  return out;
}

TEST(tile_grid, finds_the_areas_that_contain_a_point) {
  tile_grid grid;
  grid.insert(1, {0, 0, 10, 10});
  grid.insert(2, {5, 5, 1000, 1000});
  grid.insert(3, {-3, -3, 0, 0});
  EXPECT_EQ(around(grid, {0, 0}), (slots{1}));
  EXPECT_EQ(around(grid, {10, 10}), (slots{1, 2}));
  EXPECT_EQ(around(grid, {500, 500}), (slots{2}));
  EXPECT_EQ(around(grid, {-3, -3}), (slots{3}));
  EXPECT_EQ(around(grid, {-1, -1}), (slots{}));
}

TEST(tile_grid, is_empty_after_everything_was_erased) {
  tile_grid grid;
  grid.insert(1, {0, 0, 10, 10});
  grid.insert(2, {0, 0, 10, 10});
  grid.erase(1, {0, 0, 10, 10});
  EXPECT_EQ(around(grid, {5, 5}), (slots{2}));
  grid.erase(2, {0, 0, 10, 10});
  EXPECT_EQ(grid.tile_count(), 0u);
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const model::area absurd[] = {
    {0, 0, 1e300, 1e300},
    {-1e308, -1e308, 1.7e308, 1.7e308},
    {1e300, 1e300, 1, 1},
    {-1e300, 5, 1e12, 1},
    {0, 0, 1e-300, 1e-300},
    {1e-320, -1e-320, 5e-324, 0},
    {0, 0, 1e12, 1e-12},
    {0, 0, -1, -1e300},
    {0, 0, -infinity, 1},
    {infinity, 0, 1, 1},
    {0, -infinity, infinity, infinity},
    {nan, 0, 1, 1},
    {0, 0, nan, 1},
    {0, 0, 1, nan},
};

TEST(tile_grid, costs_a_few_tiles_however_absurd_the_area) {
  for (const auto& area : absurd) {
    tile_grid grid;
    grid.insert(1, area);
    EXPECT_LE(grid.tile_count(), 4u);
    grid.erase(1, area);
    EXPECT_EQ(grid.tile_count(), 0u);
  }
}

TEST(tile_grid, survives_any_point) {
  tile_grid grid;
  for (const auto& area : absurd)
    grid.insert(0, area);
  for (const auto x : {0.0, 1e300, -1e308, 1e-320, infinity, -infinity, nan})
    for (const auto y : {0.0, 1e300, -1e308, 1e-320, infinity, -infinity, nan}) {
      const auto expected = std::count_if(std::begin(absurd), std::end(absurd), [&](const model::area& area) {
        return area.contains({x, y});
      });
      EXPECT_EQ(around(grid, {x, y}).size(), static_cast<std::size_t>(expected)) << x << ' ' << y;
    }
}

/// Sizes and places over many magnitudes, often on the edges of tiles.
double some_number(std::mt19937_64& random, int least, int most) {
  const auto exponent = least + static_cast<int>(random() % static_cast<std::uint64_t>(most - least));
  const auto mantissa = random() % 2 == 0 ? 1.0 : 1.0 + static_cast<double>(random() % 1'000'000) / 1e6;
  const auto x = std::ldexp(mantissa, exponent);
  return random() % 4 == 0 ? std::nextafter(x, 0.0) : x;
}

/// A point of the area, or close to it: its corners and their neighbours are where rounding decides.
double near(std::mt19937_64& random, double low, double size) {
  const double candidates[] = {low,
                               low + size,
                               std::nextafter(low, -infinity),
                               std::nextafter(low + size, infinity),
                               std::nextafter(low + size, low),
                               low + size * 0.5};
  return candidates[random() % std::size(candidates)];
}

TEST(tile_grid, misses_no_area_where_rounding_decides) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 300'000; ++i) {
    const auto sign = random() % 2 == 0 ? 1.0 : -1.0;
    const model::area area{sign * some_number(random, -30, 70), sign * some_number(random, -30, 70),
                           some_number(random, -30, 50), some_number(random, -30, 50)};
    tile_grid grid;
    grid.insert(1, area);
    const model::point p{near(random, area.x, area.width), near(random, area.y, area.height)};
    ASSERT_LE(grid.tile_count(), 4u);
    ASSERT_EQ(around(grid, p).size(), area.contains(p) ? 1u : 0u)
        << std::hexfloat << area.x << ' ' << area.width << ' ' << p.x << " / " << area.y << ' ' << area.height << ' '
        << p.y;
    grid.erase(1, area);
    ASSERT_EQ(grid.tile_count(), 0u);
  }
}

} // namespace
} // namespace towncrier::flow
