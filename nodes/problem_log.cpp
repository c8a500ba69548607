#include "nodes/problem_log.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::node {

void problem_log::warn(std::string_view what) {
  const std::lock_guard guard{mutex_};
  const auto held_back = pace_.admit(std::chrono::steady_clock::now());
  if (!held_back)
    return;
  if (*held_back == 0)
    spdlog::warn("{}: {}", who_, what);
  else
    spdlog::warn("{}: {} ({} more such problems since the last line)", who_, what, *held_back);
}

} // namespace towncrier::node
