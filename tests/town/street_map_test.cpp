#include "town/street_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace towncrier::town {

namespace {

/// A grid of streets with some blocks missing; always in one piece because the first row and all columns stay.
std::vector<street> random_streets(std::mt19937_64& random) {
  std::vector<street> result;
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 4; ++column) {
      const model::point here{column * 100.0 + row * 7, row * 100.0 + column * 3};
      const model::point east{(column + 1) * 100.0 + row * 7, row * 100.0 + (column + 1) * 3};
      const model::point south{column * 100.0 + (row + 1) * 7, (row + 1) * 100.0 + column * 3};
      if (column < 3 && (row == 0 || random() % 3 > 0))
        result.push_back({"e" + std::to_string(result.size()), {here, east}, 0});
      if (row < 3)
        result.push_back({"s" + std::to_string(result.size()), {here, south}, 0});
    }
  return result;
}

/// Whether both lie on the segment from `a` to `b`.
bool lies_on(const model::point& a, const model::point& b, const model::point& x) {
  return distance(a, x) + distance(x, b) < distance(a, b) + 1e-6;
}

/// The oracle: relaxes every street until nothing changes, with both doors as corners of their own.
double shortest(const std::vector<street>& streets, const model::point& from, const model::point& to) {
  std::vector<model::point> corners = {from, to};
  for (const auto& x : streets)
    corners.insert(corners.end(), x.points.begin(), x.points.end());
  std::vector<double> best(corners.size(), std::numeric_limits<double>::infinity());
  best[0] = 0;
  for (auto changed = true; changed;) {
    changed = false;
    for (const auto& x : streets)
      for (std::size_t i = 0; i < corners.size(); ++i)
        for (std::size_t j = 0; j < corners.size(); ++j) {
          const auto joined =
              lies_on(x.points[0], x.points[1], corners[i]) && lies_on(x.points[0], x.points[1], corners[j]);
          const auto metres = best[i] + distance(corners[i], corners[j]);
          if (joined && metres < best[j] - 1e-9) {
            best[j] = metres;
            changed = true;
          }
        }
  }
  return best[1];
}

} // namespace

TEST(street_map, finds_the_shortest_way_along_the_streets) {
  std::mt19937_64 random{11};
  for (int round = 0; round < 8; ++round) {
    const auto streets = random_streets(random);
    const street_map map{streets};
    ASSERT_FALSE(map.unreachable_street());
    for (int i = 0; i < 12; ++i) {
      const auto from = map.at(map.length() * static_cast<double>(random() % 1000) / 1000);
      const auto to = map.at(map.length() * static_cast<double>(random() % 1000) / 1000);
      const auto way = map.find_route(from.foot, from, to, to.foot);
      EXPECT_NEAR(way.back().distance, shortest(streets, from.foot, to.foot), 1e-6);
    }
  }
}

TEST(street_map, tells_for_every_leg_the_street_it_leads_along) {
  std::mt19937_64 random{12};
  const auto streets = random_streets(random);
  const street_map map{streets};
  for (int i = 0; i < 50; ++i) {
    const auto from = map.at(map.length() * static_cast<double>(random() % 1000) / 1000);
    const auto to = map.at(map.length() * static_cast<double>(random() % 1000) / 1000);
    const auto way = map.find_route(from.foot, from, to, to.foot);
    for (std::size_t leg = 1; leg < way.size(); ++leg) {
      const auto& points = streets[way[leg].street].points;
      EXPECT_TRUE(lies_on(points[0], points[1], way[leg - 1].at) && lies_on(points[0], points[1], way[leg].at));
      EXPECT_NEAR(way[leg].distance - way[leg - 1].distance, distance(way[leg - 1].at, way[leg].at), 1e-9);
    }
  }
}

TEST(street_map, goes_out_of_one_door_and_in_at_the_other) {
  const street_map map{{{"Long Street", {{0, 0}, {100, 0}}, 0}}};
  const model::point home{20, 10};
  const model::point shop{70, -5};
  const auto way = map.find_route(home, map.nearest(home), map.nearest(shop), shop);
  ASSERT_EQ(way.size(), 4u);
  EXPECT_EQ(way[1].at, (model::point{20, 0}));
  EXPECT_EQ(way[2].at, (model::point{70, 0}));
  EXPECT_DOUBLE_EQ(way.back().distance, 10 + 50 + 5);
}

TEST(street_map, knows_a_street_that_is_cut_off) {
  const street_map map{{{"Here", {{0, 0}, {100, 0}}, 0}, {"There", {{0, 50}, {100, 50}}, 0}}};
  EXPECT_EQ(map.unreachable_street(), 1u);
}

} // namespace towncrier::town
