#include "protocol/errc.hpp"

namespace towncrier::protocol {

std::string_view to_string(close_code x) noexcept {
  switch (x) {
    case close_code::normal:
      return "normal";
    case close_code::going_away:
      return "going away";
    case close_code::policy:
      return "policy";
    case close_code::too_big:
      return "message too big";
    case close_code::internal:
      return "internal error";
    case close_code::try_again_later:
      return "try again later";
    case close_code::too_slow:
      return "too slow";
  }
  return "unknown";
}

} // namespace towncrier::protocol
