#include "ws/plain_frames.hpp"

#include "ws/inflater.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace towncrier::ws {

namespace {

constexpr unsigned char fin_bit = 0x80;
constexpr unsigned char compressed_bit = 0x40;
constexpr unsigned char reserved_mask = 0x70;
constexpr unsigned char mask_bit = 0x80;
constexpr unsigned char opcode_mask = 0x0F;
constexpr unsigned char continuation = 0;
constexpr unsigned char text = 1;
constexpr unsigned char binary = 2;
constexpr unsigned char first_control = 8;

/// What is inflated at a time, in bytes; it fits into a frame with a length of 16 bits.
constexpr std::size_t piece_size = 16 * 1024;

/// What the sender of a message left out at its end (RFC 7692, 7.2.2).
constexpr std::string_view tail{"\0\0\xFF\xFF", 4};

/// What buffers with nothing in them may keep, in bytes.
constexpr std::size_t kept_capacity = 1024;

unsigned char byte_at(std::string_view x, std::size_t i) noexcept { return static_cast<unsigned char>(x[i]); }

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t x = 0;
  for (const char c : bytes)
    x = x << 8 | static_cast<unsigned char>(c);
  return x;
}

} // namespace

plain_frames::plain_frames() = default;
plain_frames::~plain_frames() = default;

void plain_frames::put(std::string_view bytes) {
  raw_.erase(0, std::exchange(raw_at_, 0));
  raw_ += bytes;
}

std::size_t plain_frames::take(std::span<char> into) {
  std::size_t taken = 0;
  while (taken < into.size()) {
    if (plain_at_ == plain_.size()) {
      plain_.clear();
      plain_at_ = 0;
      if (!advance()) {
        release();
        break;
      }
    }
    const auto n = std::min(into.size() - taken, plain_.size() - plain_at_);
    std::memcpy(into.data() + taken, plain_.data() + plain_at_, n);
    plain_at_ += n;
    taken += n;
  }
  return taken;
}

/// One step; false when it needs more than has come.
bool plain_frames::advance() {
  switch (state_) {
    case state::head:
      return read_head();
    case state::passing:
      return pass();
    case state::verbatim:
      return pass_all();
    case state::inflating:
      return inflate_payload();
    case state::broken:
      return false;
  }
  return false;
}

struct plain_frames::frame_head {
  std::uint8_t first; ///< fin, reserved bits, opcode
  std::uint8_t extra; ///< bytes of the length beyond the first
  bool masked;
  std::uint64_t length;

  static std::size_t size(std::string_view raw) noexcept {
    if (raw.size() < 2)
      return 2;
    return 2U + extra_of(byte_at(raw, 1)) + ((byte_at(raw, 1) & mask_bit) != 0 ? 4U : 0U);
  }

  static frame_head parse(std::string_view bytes) noexcept {
    const auto second = byte_at(bytes, 1);
    const auto extra = extra_of(second);
    return {byte_at(bytes, 0), extra, (second & mask_bit) != 0,
            extra == 0 ? std::uint64_t{second} & 0x7F : big_endian(bytes.substr(2, extra))};
  }

  std::uint8_t opcode() const noexcept { return first & opcode_mask; }
  bool fin() const noexcept { return (first & fin_bit) != 0; }
  bool compressed() const noexcept { return (first & compressed_bit) != 0; }
  bool control() const noexcept { return opcode() >= first_control; }
  bool begins_message() const noexcept { return opcode() == text || opcode() == binary; }
  bool continues_message() const noexcept { return opcode() == continuation; }
  bool reserved_bits() const noexcept { return (first & reserved_mask) != 0; }
  bool shortest() const noexcept { return extra == 0 || length > (extra == 2 ? 125U : 0xFFFFU); }

private:
  static std::uint8_t extra_of(unsigned char second) noexcept {
    return (second & 0x7F) == 127 ? 8 : (second & 0x7F) == 126 ? 2 : 0;
  }
};

bool plain_frames::read_head() {
  const auto size = frame_head::size(raw());
  if (raw().size() < size)
    return false;
  const auto bytes = raw().substr(0, size);
  const auto head = frame_head::parse(bytes);
  if (!is_sound(head)) {
    state_ = state::verbatim;
    return true;
  }
  begin_frame(head, bytes);
  raw_at_ += size;
  return true;
}

/// What is not sound is left to the reader to find, as it stands.
bool plain_frames::is_sound(const frame_head& head) const noexcept {
  const bool in_order = head.control() || head.continues_message() == within_message_;
  const bool bits_in_place = head.begins_message() || !head.reserved_bits();
  return head.masked && head.shortest() && head.length >> 63 == 0 && in_order && bits_in_place;
}

void plain_frames::begin_frame(const frame_head& head, std::string_view bytes) {
  rest_ = head.length;
  if (!head.control())
    within_message_ = !head.fin();
  if (head.begins_message() && head.compressed()) {
    inflater_ = inflater::get();
    next_opcode_ = head.first & static_cast<std::uint8_t>(~(fin_bit | compressed_bit));
  }
  if (inflater_ == nullptr || head.control()) {
    plain_ += bytes;
    state_ = state::passing;
    return;
  }
  fin_ = head.fin();
  std::ranges::copy(bytes.substr(bytes.size() - key_.size()), key_.begin());
  unmasked_ = 0;
  state_ = state::inflating;
}

bool plain_frames::pass() {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, raw().size()));
  plain_ += raw().substr(0, n);
  raw_at_ += n;
  rest_ -= n;
  if (rest_ == 0)
    state_ = state::head;
  return n != 0 || rest_ == 0;
}

bool plain_frames::pass_all() {
  plain_ += raw();
  raw_at_ = raw_.size();
  return !plain_.empty();
}

bool plain_frames::inflate_payload() {
  if (rest_ == 0) {
    end_frame();
    return true;
  }
  if (unmasked_ == 0)
    unmask();
  if (unmasked_ == 0)
    return false;
  const auto used = inflate_piece(raw().substr(0, unmasked_));
  raw_at_ += used;
  unmasked_ -= used;
  rest_ -= used;
  return true;
}

/// Inflates as much as makes one frame; how much of `in` that took.
std::size_t plain_frames::inflate_piece(std::string_view in) {
  std::array<char, piece_size> piece;
  const auto [good, used, made] = inflater_->run(in, piece);
  if (!good)
    state_ = state::broken;
  else if (made != 0)
    append_frame({piece.data(), made}, false);
  return used;
}

void plain_frames::end_frame() {
  state_ = state::head;
  if (fin_)
    end_message();
}

// One piece is enough: what is left to come with the tail is the end of a match, 257 bytes at most.
void plain_frames::end_message() {
  const bool whole = inflate_piece(tail) == tail.size() && inflater_->between_blocks();
  if (!whole)
    state_ = state::broken;
  if (state_ == state::broken)
    return;
  append_frame({}, true);
  inflater::give_back(std::move(inflater_));
}

void plain_frames::unmask() {
  unmasked_ = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, raw().size()));
  for (std::size_t i = 0; i < unmasked_; ++i)
    raw_[raw_at_ + i] = static_cast<char>(raw_[raw_at_ + i] ^ key_[i % key_.size()]);
  std::ranges::rotate(key_, key_.begin() + static_cast<std::ptrdiff_t>(unmasked_ % key_.size()));
}

// A key of zeros: the reader unmasks what is not masked.
void plain_frames::append_frame(std::string_view payload, bool fin) {
  const auto size = payload.size();
  plain_ += static_cast<char>((fin ? fin_bit : 0) | std::exchange(next_opcode_, std::uint8_t{0}));
  if (size < 126) {
    plain_ += static_cast<char>(mask_bit | size);
  } else {
    plain_ += static_cast<char>(mask_bit | 126);
    plain_ += static_cast<char>(size >> 8);
    plain_ += static_cast<char>(size & 0xFF);
  }
  plain_.append(key_.size(), '\0');
  plain_ += payload;
}

// An idle connection keeps little.
void plain_frames::release() {
  if (raw_at_ == raw_.size() && raw_.capacity() > kept_capacity)
    raw_ = {};
  if (raw_.empty())
    raw_at_ = 0;
  if (plain_.capacity() > kept_capacity)
    plain_ = {};
}

} // namespace towncrier::ws
