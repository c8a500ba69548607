#include "protocol/close_codes.hpp"

#include <algorithm>
#include <array>

namespace towncrier::protocol {

namespace {

/// Written by CMake out of close_codes.json.
constexpr std::array table{
#include "close_rules.inc"
};

constexpr bool has_row(close_code x) {
  return std::any_of(table.begin(), table.end(), [x](const auto& y) { return y.code == static_cast<unsigned>(x); });
}

static_assert(std::is_sorted(table.begin(), table.end(), [](const auto& x, const auto& y) { return x.code < y.code; }));
static_assert(has_row(close_code::normal) && has_row(close_code::going_away) && has_row(close_code::policy) &&
                  has_row(close_code::too_big) && has_row(close_code::internal) &&
                  has_row(close_code::try_again_later) && has_row(close_code::too_slow) && has_row(no_sign_of_life),
              "a close code that a node sends has no row in close_codes.json");

} // namespace

std::span<const close_rule> close_rules() noexcept { return table; }

close_rule rule_of(std::uint16_t code) noexcept {
  const auto found = std::find_if(table.begin(), table.end(), [code](const auto& x) { return x.code == code; });
  return found == table.end() ? close_rule{code, "unknown", true, {}} : *found;
}

std::string_view to_string(close_code x) noexcept { return rule_of(static_cast<std::uint16_t>(x)).words; }

} // namespace towncrier::protocol
