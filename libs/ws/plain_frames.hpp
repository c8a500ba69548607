#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace towncrier::ws {

class inflater;

/// Turns the frames of a client that compresses (permessage-deflate, RFC 7692) into those that it would have sent
/// without: compressed messages become plain ones, in fragments; everything else, right or wrong, passes as it is. So
/// whoever reads them need not know of compression: limits and checks are the same for both kinds.
///
/// It inflates no further than is taken, so a message costs no more memory than its reader grants it. Every message is
/// inflated without the context of those before, as is agreed by `client_no_context_takeover`.
///
/// Beast's own inflating is not used: up to 1.89 it refuses valid messages whose end coincides with that of the
/// reader's buffer (boostorg/beast#3028), and final blocks (#923).
class plain_frames {
public:
  plain_frames();
  ~plain_frames();
  plain_frames(const plain_frames&) = delete;
  plain_frames& operator=(const plain_frames&) = delete;

  /// What came from the client.
  void put(std::string_view bytes);

  /// Moves plain frames to `into`, as many bytes as there are and fit, of several messages where they have come; 0: more
  /// must be put, or it is broken.
  std::size_t take(std::span<char> into);

  /// Whether compressed data were found bad: nothing more can be taken.
  bool broken() const noexcept { return state_ == state::broken; }

private:
  enum class state : std::uint8_t { head, passing, inflating, verbatim, broken };

  struct frame_head;

  bool advance();
  bool read_head();
  bool is_sound(const frame_head& head) const noexcept;
  void begin_frame(const frame_head& head, std::string_view bytes);
  bool pass();
  bool pass_all();
  bool inflate_payload();
  std::size_t inflate_piece(std::string_view in);
  void end_frame();
  void end_message();
  void unmask();
  void append_frame(std::string_view payload, bool fin);
  std::string_view raw() const noexcept { return std::string_view{raw_}.substr(raw_at_); }
  void release();

  std::string raw_; ///< what came, from `raw_at_` on
  std::size_t raw_at_ = 0;
  std::string plain_; ///< what can be taken, from `plain_at_` on
  std::size_t plain_at_ = 0;
  std::unique_ptr<inflater> inflater_; ///< while a compressed message is read
  std::uint64_t rest_ = 0;             ///< payload of the frame that has not come yet
  std::array<char, 4> key_{};          ///< of the compressed frame, its next byte first
  std::size_t unmasked_ = 0;           ///< bytes of `raw_` that are unmasked
  state state_ = state::head;
  std::uint8_t next_opcode_ = 0; ///< of the next plain frame of the compressed message
  bool fin_ = false;             ///< of the compressed frame
  bool within_message_ = false;  ///< whether a message waits for its continuation
};

} // namespace towncrier::ws
