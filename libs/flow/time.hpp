#pragma once

#include <chrono>

namespace towncrier::flow {

/// Nothing in this room reads a clock: the time is an argument, so that tests can choose it.
using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

} // namespace towncrier::flow
