#pragma once

#include "hosting/terminator.hpp"

namespace towncrier::node {

/// In which order the actors of a node end: along the way of a change, so that what is on its way still arrives, and
/// those last who watch the others. An actor of a kind that is not here ends after all others, and the log says so.
inline std::vector<hosting::terminator::stage> shutdown_order() {
  return {
      // Where things come in.
      {"connection", "world", "shared_world", "membership"},
      {"rate_limiter", "admission", "authenticator", "edge_roster"},
      // What is said becomes changes, and these become batches.
      {"character_directory", "event_notifier"},
      {"character_publisher"},
      {"batcher"},
      // To the other nodes, and to the viewers.
      {"exchange"},
      {"peer_link", "dialer"},
      {"hub"},
      // Who watches.
      {"connection_monitor", "debugger", "inspection_bridge", "life_keeper"},
      {"tracer", "inspector"},
  };
}

} // namespace towncrier::node
