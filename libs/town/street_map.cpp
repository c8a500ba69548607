#include "town/street_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace towncrier::town {

namespace {

constexpr double unreachable = std::numeric_limits<double>::infinity();

void append(route& way, const model::point& to, std::uint32_t street) {
  const auto leg = distance(way.back().at, to);
  if (leg > 0)
    way.push_back({to, street, way.back().distance + leg});
}

} // namespace

// Not std::hypot: its last bit differs between libraries, that of a square root does not.
double distance(const model::point& a, const model::point& b) noexcept {
  const auto dx = b.x - a.x;
  const auto dy = b.y - a.y;
  return std::sqrt(dx * dx + dy * dy);
}

street_map::street_map(const std::vector<street>& streets) {
  for (std::uint32_t i = 0; i < streets.size(); ++i) {
    const auto& points = streets[i].points;
    for (std::size_t j = 0; j + 1 < points.size(); ++j) {
      const auto metres = distance(points[j], points[j + 1]);
      segments_.push_back({{node_at(points[j]), node_at(points[j + 1])}, i, metres, length_});
      length_ += metres;
    }
  }
  connect_nodes();
  find_shortest_ways();
}

std::size_t street_map::node_at(const model::point& x) {
  const auto found = std::find(nodes_.begin(), nodes_.end(), x);
  if (found != nodes_.end())
    return static_cast<std::size_t>(found - nodes_.begin());
  nodes_.push_back(x);
  return nodes_.size() - 1;
}

void street_map::connect_nodes() {
  ways_.assign(nodes_.size() * nodes_.size(), {unreachable, 0, 0});
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    way(i, i) = {0, i, 0};
  for (const auto& x : segments_) {
    way(x.ends[0], x.ends[1]) = {x.length, x.ends[1], x.street};
    way(x.ends[1], x.ends[0]) = {x.length, x.ends[0], x.street};
  }
}

// Floyd and Warshall: all pairs, once, since the same few dozen corners are asked for again and again.
void street_map::find_shortest_ways() {
  const auto n = nodes_.size();
  for (std::size_t via = 0; via < n; ++via)
    for (std::size_t from = 0; from < n; ++from)
      for (std::size_t to = 0; to < n; ++to) {
        const auto metres = way(from, via).distance + way(via, to).distance;
        if (metres < way(from, to).distance)
          way(from, to) = {metres, way(from, via).next, way(from, via).street};
      }
}

anchor street_map::project(std::size_t index, const model::point& x) const noexcept {
  const auto& s = segments_[index];
  const auto& a = nodes_[s.ends[0]];
  const auto& b = nodes_[s.ends[1]];
  const auto dot = (x.x - a.x) * (b.x - a.x) + (x.y - a.y) * (b.y - a.y);
  const auto share = std::clamp(dot / (s.length * s.length), 0.0, 1.0);
  return {index, share * s.length, {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)}};
}

anchor street_map::nearest(const model::point& x) const noexcept {
  auto best = project(0, x);
  for (std::size_t i = 1; i < segments_.size(); ++i) {
    const auto candidate = project(i, x);
    if (distance(candidate.foot, x) < distance(best.foot, x))
      best = candidate;
  }
  return best;
}

anchor street_map::at(double metres) const noexcept {
  auto found = std::upper_bound(segments_.begin(), segments_.end(), metres,
                                [](double m, const segment& s) { return m < s.begins_at; });
  const auto index = static_cast<std::size_t>(std::max<std::ptrdiff_t>(found - segments_.begin() - 1, 0));
  const auto& s = segments_[index];
  const auto along = std::clamp(metres - s.begins_at, 0.0, s.length);
  const auto& a = nodes_[s.ends[0]];
  const auto& b = nodes_[s.ends[1]];
  const auto share = along / s.length;
  return {index, along, {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)}};
}

model::point street_map::leftwards(const anchor& x) const noexcept {
  const auto& s = segments_[x.segment];
  const auto& a = nodes_[s.ends[0]];
  const auto& b = nodes_[s.ends[1]];
  return {(b.y - a.y) / s.length, (a.x - b.x) / s.length};
}

void street_map::walk_through(route& so_far, const anchor& from, const anchor& to) const {
  const auto& first = segments_[from.segment];
  const auto& last = segments_[to.segment];
  const std::array<double, 2> leaving = {from.along, first.length - from.along};
  const std::array<double, 2> entering = {to.along, last.length - to.along};
  auto best = unreachable;
  std::size_t out = 0;
  std::size_t in = 0;
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 2; ++j) {
      const auto metres = leaving[i] + way(first.ends[i], last.ends[j]).distance + entering[j];
      if (metres < best) {
        best = metres;
        out = first.ends[i];
        in = last.ends[j];
      }
    }
  append(so_far, nodes_[out], first.street);
  for (auto here = out; here != in;) {
    const auto& step = way(here, in);
    append(so_far, nodes_[step.next], step.street);
    here = step.next;
  }
}

route street_map::find_route(const model::point& start, const anchor& from, const anchor& to,
                             const model::point& end) const {
  route way_so_far{{start, street_of(from), 0}};
  append(way_so_far, from.foot, street_of(from));
  if (from.segment != to.segment)
    walk_through(way_so_far, from, to);
  append(way_so_far, to.foot, street_of(to));
  append(way_so_far, end, street_of(to));
  return way_so_far;
}

std::optional<std::uint32_t> street_map::unreachable_street() const noexcept {
  for (const auto& x : segments_)
    if (way(segments_.front().ends[0], x.ends[0]).distance == unreachable)
      return x.street;
  return {};
}

} // namespace towncrier::town
