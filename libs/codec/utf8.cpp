#include "codec/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace towncrier::codec {

namespace {

using byte_ptr = const unsigned char*;

constexpr std::uint64_t high_bits = 0x8080808080808080;

/// What may follow a lead byte: how many bytes, and the range of the first of them.
struct sequence {
  int continuations;
  unsigned char low;
  unsigned char high;
};

/// The rows of table 3-7; 0 continuations for a byte that cannot lead.
sequence sequence_of(unsigned char lead) noexcept {
  if (lead < 0xC2 || lead > 0xF4)
    return {0, 0, 0};
  if (lead < 0xE0)
    return {1, 0x80, 0xBF};
  if (lead < 0xF0)
    return {2, static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
  return {3, static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
          static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
}

/// The end of the character at `at`, or nullptr.
byte_ptr skip_character(byte_ptr at, byte_ptr end) noexcept {
  if (*at < 0x80)
    return at + 1;
  const auto form = sequence_of(*at);
  if (form.continuations == 0 || end - at <= form.continuations || at[1] < form.low || at[1] > form.high)
    return nullptr;
  for (int i = 2; i <= form.continuations; ++i)
    if ((at[i] & 0xC0) != 0x80)
      return nullptr;
  return at + form.continuations + 1;
}

/// Most text is ASCII: eight bytes at a time.
byte_ptr skip_ascii(byte_ptr at, byte_ptr end) noexcept {
  for (std::uint64_t word = 0; end - at >= 8; at += 8) {
    std::memcpy(&word, at, sizeof(word));
    if ((word & high_bits) != 0)
      break;
  }
  return at;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<byte_ptr>(text.data());
  const auto* const end = at + text.size();
  for (at = skip_ascii(at, end); at != end;) {
    at = skip_character(at, end);
    if (at == nullptr)
      return false;
    if (at != end && *at < 0x80)
      at = skip_ascii(at, end);
  }
  return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_size) noexcept {
  if (text.size() <= max_size)
    return text;
  while (max_size > 0 && (static_cast<unsigned char>(text[max_size]) & 0xC0) == 0x80)
    --max_size;
  return text.substr(0, max_size);
}

} // namespace towncrier::codec
