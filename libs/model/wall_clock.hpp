#pragma once

#include <chrono>
#include <cstdint>

namespace towncrier::model {

/// The time as the protocol writes it: seconds since the Unix epoch, to the microsecond.
inline double wall_clock() {
  using namespace std::chrono;
  return static_cast<double>(duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()) / 1e6;
}

/// Microseconds since the Unix epoch.
inline std::int64_t wall_microseconds() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace towncrier::model
