#include "ws/utf8_check.hpp"

#include <cstddef>
#include <cstring>

namespace towncrier::ws {

namespace {

constexpr std::uint8_t least_continuation = 0x80;
constexpr std::uint8_t most_continuation = 0xBF;

/// How many bytes at the front are ASCII, in steps of eight: most text is nothing else.
std::size_t skip_ascii(std::string_view x) noexcept {
  std::size_t i = 0;
  for (std::uint64_t word = 0; i + sizeof word <= x.size(); i += sizeof word) {
    std::memcpy(&word, x.data() + i, sizeof word);
    if ((word & 0x8080808080808080U) != 0)
      break;
  }
  return i;
}

} // namespace

bool utf8_check::accept(std::string_view piece) noexcept {
  for (std::size_t i = missing_ == 0 ? skip_ascii(piece) : 0; i < piece.size(); ++i) {
    const auto x = static_cast<std::uint8_t>(piece[i]);
    if (missing_ == 0) {
      if (!accept_first(x))
        return false;
      continue;
    }
    if (x < least_ || x > most_)
      return false;
    --missing_;
    least_ = least_continuation;
    most_ = most_continuation;
  }
  return true;
}

// What must not follow: an overlong form (after E0 and F0), a surrogate (after ED), what is beyond U+10FFFF (after F4).
bool utf8_check::accept_first(std::uint8_t x) noexcept {
  if (x < 0x80)
    return true;
  if (x < 0xC2 || x > 0xF4)
    return false;
  missing_ = x < 0xE0 ? 1 : x < 0xF0 ? 2 : 3;
  least_ = x == 0xE0 ? 0xA0 : x == 0xF0 ? 0x90 : least_continuation;
  most_ = x == 0xED ? 0x9F : x == 0xF4 ? 0x8F : most_continuation;
  return true;
}

} // namespace towncrier::ws
