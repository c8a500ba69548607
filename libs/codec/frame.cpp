#include "codec/frame.hpp"

#include "codec/endian.hpp"

namespace towncrier::codec {

namespace {

constexpr int final_bit = 0x80;
constexpr int compressed_bit = 0x40;
constexpr std::uint64_t longest_short_length = 125;

} // namespace

void append_frame_header(std::string& out, opcode op, std::uint64_t size, bool compressed) {
  out += static_cast<char>(final_bit | (compressed ? compressed_bit : 0) | static_cast<int>(op));
  if (size <= longest_short_length) {
    out += static_cast<char>(size);
  } else if (size <= UINT16_MAX) {
    append_tagged(out, 126, static_cast<std::uint16_t>(size));
  } else {
    append_tagged(out, 127, size);
  }
}

frame_ptr make_frame(opcode op, std::string_view payload, bool compressed) {
  auto frame = std::make_shared<std::string>();
  frame->reserve(max_frame_header + payload.size());
  append_frame_header(*frame, op, payload.size(), compressed);
  frame->append(payload);
  return frame;
}

} // namespace towncrier::codec
