#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recorder {

struct options {
  /// `host:port` of the edges.
  std::vector<std::string> edges;
  std::uint32_t viewers = 100;
  /// A folder; what stands in it of an earlier run is written over.
  std::string out = "recording";
  /// A viewer that is given nothing for longer, in milliseconds, tries another edge; 0: it waits.
  std::uint64_t silence_ms = 0;
  /// Viewers that connect a second.
  std::uint32_t ramp = 500;
};

/// What the command line says. Ends the process with 2 and the usage when it says something else.
options parse_options(int count, char** arguments);

/// `host:port` of a `ws://host:port/path`.
std::string host_of(std::string url);

} // namespace recorder
