#pragma once

#include "flow/backoff.hpp"

namespace towncrier::commands {

/// The waits of a client that lost its node: longer and longer, never all at the same moment, and ended by a signal.
class retry {
public:
  retry();

  /// Waits for the next attempt, for no less than `at_least`; false when a signal came meanwhile.
  bool wait(flow::duration at_least = {});

  /// An attempt succeeded.
  void reset() { backoff_.reset(); }

private:
  flow::backoff backoff_;
};

} // namespace towncrier::commands
