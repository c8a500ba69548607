#pragma once

#include "model/value.hpp"

#include <string>
#include <vector>

namespace towncrier::commands {

/// The edges that a client may connect to, and which is next: those it was given, and those that the last welcome
/// named. The one that worked is tried again first, then the others in turn. Knows no socket and no clock.
class edge_list {
public:
  /// Precondition: not empty. Edges that are told of later are given the query of the first.
  explicit edge_list(std::vector<std::string> given);

  /// The edge to try.
  const std::string& current() const noexcept { return current_; }

  /// That one let us in and said this.
  void connected(const model::value& welcome);

  /// That one could not be reached: the next is the current one.
  void failed();

  /// How many there are.
  std::size_t size() const { return all().size(); }

private:
  std::vector<std::string> all() const;

  std::vector<std::string> given_;
  std::vector<std::string> learned_;
  std::string current_;
};

} // namespace towncrier::commands
