#pragma once

#include <chrono>
#include <cstdint>

namespace towncrier::model {

/// The time as the protocol writes it: seconds since the Unix epoch, to the microsecond.
inline double wall_clock() {
  using namespace std::chrono;
  return static_cast<double>(duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()) / 1e6;
}

/// Milliseconds since the Unix epoch. A life of a node is told from those before it by when it began.
inline std::uint64_t wall_milliseconds() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace towncrier::model
