#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace towncrier::codec {

/// RFC 6455, 5.2.
enum class opcode : std::uint8_t { continuation = 0x0, text = 0x1, binary = 0x2, close = 0x8, ping = 0x9, pong = 0xA };

/// One whole server frame, header included: never masked, so the same bytes serve every client.
using frame_ptr = std::shared_ptr<const std::string>;

/// The longest header a server's frame can have, in bytes.
inline constexpr std::size_t max_frame_header = 10;

/// Appends the header of a final, unmasked frame of `size` payload bytes. `compressed` sets RSV1 (RFC 7692).
void append_frame_header(std::string& out, opcode op, std::uint64_t size, bool compressed = false);

/// A final, unmasked frame around `payload`.
frame_ptr make_frame(opcode op, std::string_view payload, bool compressed = false);

/// Compresses a message as permessage-deflate wants it (RFC 7692, 7.2.1) without any context of earlier messages:
/// raw deflate that ends in a flush, less its last four bytes. `window_bits` is 9 to 15, `level` 1 to 9.
/// One compressor a thread is kept and reused, so that no client costs a window.
std::string deflate_message(std::string_view payload, int window_bits = 15, int level = 3);

} // namespace towncrier::codec
