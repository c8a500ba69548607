#include "nodes/commands/inspection/text_width.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace towncrier::commands {

namespace {

struct range {
  std::uint32_t first, last;
};

/// Of Unicode's East Asian Width, the blocks whose characters are wide, and emoji.
constexpr std::array<range, 10> wide{{{0x1100, 0x115F},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0xFFE0, 0xFFE6},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};
constexpr std::array<range, 5> without_width{
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};

template <std::size_t N>
bool is_in(const std::array<range, N>& ranges, std::uint32_t x) {
  for (const auto& [first, last] : ranges)
    if (x >= first && x <= last)
      return true;
  return false;
}

/// Takes the first character off `text`: how many bytes and how many columns it has. Bytes that are no UTF-8 count as
/// one column each.
std::pair<std::size_t, std::size_t> first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size())
    return {1, 1};
  std::uint32_t x = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i)
    x = (x << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {bytes, is_in(without_width, x) ? 0 : is_in(wide, x) ? 2 : 1};
}

/// How many bytes at the beginning of `text` fit into `width` columns, and how many columns those take.
std::pair<std::size_t, std::size_t> fitting(std::string_view text, std::size_t width) {
  std::size_t bytes = 0;
  std::size_t columns = 0;
  while (bytes < text.size()) {
    const auto [more, wider] = first_of(text.substr(bytes));
    if (columns + wider > width)
      break;
    bytes += more;
    columns += wider;
  }
  return {bytes, columns};
}

} // namespace

std::size_t display_width(std::string_view text) { return fitting(text, SIZE_MAX / 2).second; }

std::string cut(std::string_view text, std::size_t width) {
  if (fitting(text, width).first == text.size())
    return std::string{text};
  if (width == 0)
    return {};
  return std::string{text.substr(0, fitting(text, width - 1).first)} + '~';
}

std::string fit_right(std::string_view text, std::size_t width) {
  auto result = cut(text, width);
  return std::string(width - display_width(result), ' ') + result;
}

std::string fit_left(std::string_view text, std::size_t width) {
  auto result = cut(text, width);
  return result + std::string(width - display_width(result), ' ');
}

std::string short_count(double x) {
  if (x < 99'999.5)
    return fmt::format("{:.0f}", x);
  if (x < 999'500)
    return fmt::format("{:.0f}k", x / 1e3);
  return x < 999.5e6 ? fmt::format("{:.1f}M", x / 1e6) : fmt::format("{:.1f}G", x / 1e9);
}

std::string short_time(double seconds) {
  if (seconds < 999.5e-6)
    return fmt::format("{:.0f}us", seconds * 1e6);
  if (seconds < 9.95e-3)
    return fmt::format("{:.1f}ms", seconds * 1e3);
  if (seconds < 0.9995)
    return fmt::format("{:.0f}ms", seconds * 1e3);
  if (seconds < 99.95)
    return fmt::format("{:.1f}s", seconds);
  return seconds < 5'970 ? fmt::format("{:.0f}m", seconds / 60) : fmt::format("{:.1f}h", seconds / 3600);
}

} // namespace towncrier::commands
