#pragma once

#include <cstdint>
#include <string_view>

namespace towncrier::ws {

/// Finds the first byte that no UTF-8 text has there (Unicode Standard, table 3-7), in text that comes in pieces.
class utf8_check {
public:
  /// Whether the text is sound as far as it has come.
  bool accept(std::string_view piece) noexcept;

  /// Whether it does not end within a character.
  bool complete() const noexcept { return missing_ == 0; }

private:
  bool accept_first(std::uint8_t x) noexcept;

  std::uint8_t missing_ = 0; ///< bytes of the character that are to come
  std::uint8_t least_ = 0;   ///< bounds of the next of them
  std::uint8_t most_ = 0;
};

} // namespace towncrier::ws
