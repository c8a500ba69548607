#pragma once

#include "protocol/messages.hpp"
#include "protocol/options.hpp"

#include <cstddef>

namespace towncrier::edge {

/// How many messages a client of this role may send within the rate limiter's window; 0: any number.
inline std::size_t messages_allowed(protocol::role role, const protocol::rate_limiter_options& options) noexcept {
  switch (role) {
    case protocol::role::viewer:
      return options.max_messages;
    case protocol::role::publisher:
      return options.publisher_max_messages;
    case protocol::role::operator_:
      return options.operator_max_messages;
  }
  return options.max_messages;
}

} // namespace towncrier::edge
