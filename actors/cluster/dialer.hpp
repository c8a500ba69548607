#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <chrono>

namespace towncrier::cluster {

struct dialer_state {
  static inline const char* name = "dialer";

  dialer_state() = default; // not an aggregate: CAF would take it for one to be made from the actor
  std::chrono::milliseconds patience{1000};
};

using dialer_pointer = hosting::pointer<protocol::dialer_actor, dialer_state>;

/// Connects to peers over mutual TLS. CAF's own connecting waits as long as the kernel does, for everybody: so an
/// address is first tried for `patience`, and CAF gets only those that answer.
protocol::dialer_actor::behavior_type dialer(dialer_pointer self, std::chrono::milliseconds patience);

} // namespace towncrier::cluster
