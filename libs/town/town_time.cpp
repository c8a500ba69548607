#include "town/town_time.hpp"

#include <fmt/format.h>

namespace towncrier::town {

using namespace std::chrono_literals;

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

int two_digits(std::string_view text) noexcept { return (text[0] - '0') * 10 + (text[1] - '0'); }

} // namespace

std::string town_time::hour_and_minute() const {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

town_time read_clock(instant t) noexcept {
  const auto day = t / 24h;
  return {static_cast<std::uint64_t>(day) + 1, std::chrono::duration_cast<std::chrono::seconds>(t - day * 24h)};
}

std::optional<time_of_day> parse_time_of_day(std::string_view text) noexcept {
  if (text.size() != 5 || text[2] != ':')
    return {};
  if (!is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[3]) || !is_digit(text[4]))
    return {};
  const auto hour = two_digits(text);
  const auto minute = two_digits(text.substr(3));
  if (hour > 23 || minute > 59)
    return {};
  return time_of_day{hour * 60 + minute};
}

} // namespace towncrier::town
