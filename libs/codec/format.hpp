#pragma once

#include <cstdint>

namespace towncrier::codec {

/// The encodings that a client can choose.
enum class format : std::uint8_t {
  json,    ///< text frames, sub-protocol `towncrier.v1.json`
  msgpack, ///< binary frames, sub-protocol `towncrier.v1.msgpack`
};

inline constexpr std::size_t format_count = 2;

} // namespace towncrier::codec
