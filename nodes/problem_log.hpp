#pragma once

#include "flow/log_pace.hpp"

#include <mutex>
#include <string>
#include <string_view>

namespace towncrier::node {

/// Writes warnings of which a crowd of clients may cause thousands: one line a minute, which says how many more there
/// were. From any thread.
class problem_log {
public:
  /// `who` begins each line: the part of the node that has the problem.
  explicit problem_log(std::string who) : who_(std::move(who)) {}

  void warn(std::string_view what);

private:
  std::string who_;
  std::mutex mutex_;
  flow::log_pace pace_;
};

} // namespace towncrier::node
