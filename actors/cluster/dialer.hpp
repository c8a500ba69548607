#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"

#include <chrono>

namespace towncrier::cluster {

struct dialer_state {
  static inline const char* name = "dialer";

  dialer_state() = default; // not an aggregate: CAF would take it for one to be made from the actor
  model::object describe() const {
    return {{"patience_ms", std::int64_t{patience.count()}}, {"dialled", dialled}, {"unanswered", unanswered}};
  }

  std::chrono::milliseconds patience{1000};
  std::uint64_t dialled = 0;
  std::uint64_t unanswered = 0; ///< of those, to addresses where nobody listens
};

using dialer_pointer = hosting::pointer<protocol::dialer_actor, dialer_state>;

/// Connects to peers over mutual TLS. CAF's own connecting waits as long as the kernel does, for everybody: so an
/// address is first tried for `patience`, and CAF gets only those that answer.
protocol::dialer_actor::behavior_type dialer(dialer_pointer self, std::chrono::milliseconds patience);

} // namespace towncrier::cluster
