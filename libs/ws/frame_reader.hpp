#pragma once

#include "ws/utf8_check.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace towncrier::ws {

/// Reads the frames of a client (RFC 6455, 5) and puts messages together; knows no socket. What it holds is what has
/// come of one message: a claim in a header costs nothing.
class frame_reader {
public:
  enum class event : std::uint8_t {
    none,    ///< all was used, and more is needed
    message, ///< `take_message`
    ping,    ///< `control` is what a pong has to repeat
    pong,
    close,  ///< `close_code`, and `control` is the reason
    broken, ///< nothing more can be read: close with `close_code`
  };

  /// A message of more than `max_message_bytes` breaks it.
  explicit frame_reader(std::size_t max_message_bytes) noexcept : max_message_bytes_(max_message_bytes) {}

  /// Takes bytes off the front of `bytes` until something has happened, or to the last.
  event read(std::string_view& bytes);

  /// After `message`: whether it was sent as binary, and what it says.
  bool binary() const noexcept { return binary_; }
  std::string take_message() noexcept { return std::exchange(message_, {}); }

  /// What came with the last control frame.
  std::string_view control() const noexcept { return control_; }

  /// 1005 when a close frame has no code; 1002, 1007 or 1009 when it is broken.
  std::uint16_t close_code() const noexcept { return close_code_; }

private:
  /// The longest header that a client's frame has, in bytes.
  static constexpr std::size_t max_head = 14;

  enum class op : std::uint8_t;

  std::size_t head_size() const noexcept;
  bool read_head(std::string_view& bytes);
  event begin_frame();
  event begin_data(std::uint64_t length);
  void append_payload(std::string& to, std::string_view& bytes);
  event end_frame();
  event end_control();
  event end_close();
  event fail(std::uint16_t code) noexcept;

  std::uint8_t byte(std::size_t i) const noexcept { return static_cast<std::uint8_t>(head_[i]); }
  bool is(op x) const noexcept { return (byte(0) & 0x0F) == static_cast<std::uint8_t>(x); }
  bool is_control() const noexcept { return (byte(0) & 0x08) != 0; }
  bool is_final() const noexcept { return (byte(0) & 0x80) != 0; }

  std::size_t max_message_bytes_;
  std::string message_;    ///< as far as it has come
  std::string control_;    ///< of the control frame
  std::uint64_t rest_ = 0; ///< payload of the frame that has not come yet
  utf8_check text_;
  std::array<char, max_head> head_{}; ///< of the frame, once it has come; its last four bytes are the key
  std::uint8_t head_filled_ = 0;
  std::uint8_t turn_ = 0; ///< the byte of the key that comes next
  std::uint16_t close_code_ = 0;
  bool in_payload_ = false;
  bool in_message_ = false; ///< whether a message waits for its continuation
  bool binary_ = false;
};

} // namespace towncrier::ws
