#pragma once

#include "model/trace.hpp"

#include <string_view>

namespace towncrier::codec {

/// Reads the `traceparent` of the W3C's Trace Context (level 1): `00-TRACE_ID-PARENT_ID-FLAGS` in lower-case
/// hexadecimal digits; of later versions, what begins like that. A mark without a sink; nullptr for anything else.
model::trace_ptr parse_traceparent(std::string_view text);

} // namespace towncrier::codec
