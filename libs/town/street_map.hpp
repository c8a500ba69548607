#pragma once

#include "town/definition.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace towncrier::town {

/// Where a door opens on a street.
struct anchor {
  std::size_t segment = 0;
  /// Metres from the segment's first end.
  double along = 0;
  model::point foot;
};

/// A corner of a way. The leg that ends here leads along `street`, and the way up to here is `distance` metres.
struct waypoint {
  model::point at;
  std::uint32_t street = 0;
  double distance = 0;
};

using route = std::vector<waypoint>;

/// The distance between two points.
double distance(const model::point& a, const model::point& b) noexcept;

/// The streets as a graph: the shortest ways between any two doors.
class street_map {
public:
  /// Precondition: every street has two points or more, no two alike in a row.
  explicit street_map(const std::vector<street>& streets);

  /// The nearest point of any street.
  anchor nearest(const model::point& x) const noexcept;

  /// The point `metres` along all streets laid end to end, and the unit vector that leads away from the street
  /// there, to the left.
  anchor at(double metres) const noexcept;
  model::point leftwards(const anchor& x) const noexcept;

  /// All streets laid end to end, metres.
  double length() const noexcept { return length_; }

  std::uint32_t street_of(const anchor& x) const noexcept { return segments_[x.segment].street; }

  /// The way from `start` out of the door `from`, along the streets, into the door `to` and to `end`.
  route find_route(const model::point& start, const anchor& from, const anchor& to, const model::point& end) const;

  /// A street that cannot be reached from the first one; nothing when all are joined.
  std::optional<std::uint32_t> unreachable_street() const noexcept;

private:
  struct segment {
    std::array<std::size_t, 2> ends;
    std::uint32_t street;
    double length;
    double begins_at;
  };
  struct link {
    double distance;
    std::size_t next;
    std::uint32_t street;
  };

  std::size_t node_at(const model::point& x);
  void connect_nodes();
  void find_shortest_ways();
  link& way(std::size_t from, std::size_t to) noexcept { return ways_[from * nodes_.size() + to]; }
  const link& way(std::size_t from, std::size_t to) const noexcept { return ways_[from * nodes_.size() + to]; }
  anchor project(std::size_t segment_index, const model::point& x) const noexcept;
  void walk_through(route& way_so_far, const anchor& from, const anchor& to) const;

  std::vector<model::point> nodes_;
  std::vector<segment> segments_;
  std::vector<link> ways_;
  double length_ = 0;
};

} // namespace towncrier::town
