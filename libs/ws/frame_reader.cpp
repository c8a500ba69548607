#include "ws/frame_reader.hpp"

#include <algorithm>

namespace towncrier::ws {

namespace {

constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7F;
constexpr std::uint8_t two_byte_length = 126;
constexpr std::uint8_t eight_byte_length = 127;
constexpr std::size_t key_size = 4;
constexpr std::size_t max_control = 125;

constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t no_code = 1005;
constexpr std::uint16_t bad_payload = 1007;
constexpr std::uint16_t too_big = 1009;

std::uint64_t big_endian(const char* bytes, std::size_t size) noexcept {
  std::uint64_t x = 0;
  for (std::size_t i = 0; i < size; ++i)
    x = x << 8 | static_cast<std::uint8_t>(bytes[i]);
  return x;
}

/// Whether a close frame may carry it (RFC 6455, 7.4, and the registry of IANA).
bool is_close_code(std::uint16_t x) noexcept {
  return (x >= 1000 && x <= 1003) || (x >= 1007 && x <= 1014) || x >= 3000;
}

} // namespace

enum class frame_reader::op : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

frame_reader::event frame_reader::read(std::string_view& bytes) {
  for (;;) {
    if (!in_payload_) {
      if (!read_head(bytes))
        return event::none;
      if (begin_frame() == event::broken)
        return event::broken;
    }
    auto& to = is_control() ? control_ : message_;
    const auto before = to.size();
    append_payload(to, bytes);
    if (!is_control() && !binary_ && !text_.accept(std::string_view{to}.substr(before)))
      return fail(bad_payload);
    if (rest_ != 0)
      return event::none;
    if (const auto x = end_frame(); x != event::none)
      return x;
  }
}

/// Of what has come: without the length, the size is not known.
std::size_t frame_reader::head_size() const noexcept {
  if (head_filled_ < 2)
    return 2;
  const auto length = byte(1) & length_bits;
  return 2 +
         (length == eight_byte_length ? 8U
          : length == two_byte_length ? 2U
                                      : 0U) +
         ((byte(1) & mask_bit) != 0 ? key_size : 0U);
}

bool frame_reader::read_head(std::string_view& bytes) {
  while (head_filled_ < head_size()) {
    const auto n = std::min(bytes.size(), head_size() - head_filled_);
    if (n == 0)
      return false;
    std::copy_n(bytes.data(), n, head_.data() + head_filled_);
    head_filled_ = static_cast<std::uint8_t>(head_filled_ + n);
    bytes.remove_prefix(n);
  }
  return true;
}

frame_reader::event frame_reader::begin_frame() {
  in_payload_ = true;
  turn_ = 0;
  const std::uint8_t short_length = byte(1) & length_bits;
  const auto extra = head_filled_ - 2 - ((byte(1) & mask_bit) != 0 ? key_size : 0U);
  rest_ = extra == 0 ? short_length : big_endian(head_.data() + 2, extra);
  const bool shortest = extra == 0 || rest_ > (extra == 2 ? max_control : 0xFFFFU);
  if ((byte(1) & mask_bit) == 0 || (byte(0) & reserved_bits) != 0 || !shortest || rest_ >> 63 != 0)
    return fail(protocol_error);
  if (!is_control())
    return begin_data(rest_);
  control_.clear();
  const bool known = is(op::close) || is(op::ping) || is(op::pong);
  return known && is_final() && rest_ <= max_control ? event::none : fail(protocol_error);
}

frame_reader::event frame_reader::begin_data(std::uint64_t length) {
  const bool continues = is(op::continuation);
  if ((!continues && !is(op::text) && !is(op::binary)) || continues != in_message_)
    return fail(protocol_error);
  if (length > max_message_bytes_ - message_.size())
    return fail(too_big);
  if (!continues) {
    binary_ = is(op::binary);
    text_ = {};
  }
  in_message_ = !is_final();
  return event::none;
}

void frame_reader::append_payload(std::string& to, std::string_view& bytes) {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, bytes.size()));
  const auto at = to.size();
  to.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  rest_ -= n;
  std::array<char, key_size> key{};
  for (std::size_t i = 0; i < key_size; ++i)
    key[i] = head_[head_filled_ - key_size + (turn_ + i) % key_size];
  for (std::size_t i = 0; i < n; ++i)
    to[at + i] = static_cast<char>(to[at + i] ^ key[i % key_size]);
  turn_ = static_cast<std::uint8_t>((turn_ + n) % key_size);
}

frame_reader::event frame_reader::end_frame() {
  in_payload_ = false;
  if (is_control())
    return end_control();
  head_filled_ = 0;
  if (in_message_)
    return event::none;
  return binary_ || text_.complete() ? event::message : fail(bad_payload);
}

frame_reader::event frame_reader::end_control() {
  head_filled_ = 0;
  if (is(op::close))
    return end_close();
  return is(op::ping) ? event::ping : event::pong;
}

frame_reader::event frame_reader::end_close() {
  close_code_ = no_code;
  if (control_.empty())
    return event::close;
  if (control_.size() == 1)
    return fail(protocol_error);
  close_code_ = static_cast<std::uint16_t>(big_endian(control_.data(), 2));
  if (!is_close_code(close_code_))
    return fail(protocol_error);
  control_.erase(0, 2);
  utf8_check reason;
  return reason.accept(control_) && reason.complete() ? event::close : fail(bad_payload);
}

frame_reader::event frame_reader::fail(std::uint16_t code) noexcept {
  close_code_ = code;
  return event::broken;
}

} // namespace towncrier::ws
