#pragma once

#include "protocol/errc.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace towncrier::protocol {

/// The client was silent for longer than the heartbeat timeout; it comes back with its position.
inline constexpr close_code no_sign_of_life{4002};

/// What a close code means, and what a client does after it: a row of close_codes.json, which the page and the tests
/// read as well.
struct close_rule {
  std::uint16_t code = 0;
  /// For a person who reads a log.
  std::string_view words;
  /// Whether a client connects again by itself, after a back-off. If not, a person has to mend something first.
  bool returns = true;
  /// The least time that it waits before it does.
  std::chrono::seconds wait{0};
};

/// All rows, by rising code.
std::span<const close_rule> close_rules() noexcept;

/// The row of this code. A code that has none is another program's, such as a proxy's: its client returns.
close_rule rule_of(std::uint16_t code) noexcept;

} // namespace towncrier::protocol
