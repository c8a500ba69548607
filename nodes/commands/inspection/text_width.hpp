#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace towncrier::commands {

/// How many columns of a terminal `text` takes, UTF-8 without control characters: wide characters of East Asia and
/// emoji take two, marks that combine none.
std::size_t display_width(std::string_view text);

/// The beginning of `text` that fits into `width` columns; where something was left out it ends in `~`.
std::string cut(std::string_view text, std::size_t width);

/// `text` in exactly `width` columns, cut or filled up: numbers at their right end, words at their left.
std::string fit_right(std::string_view text, std::size_t width);
std::string fit_left(std::string_view text, std::size_t width);

/// A count in at most six columns: 99999, 123k, 4.5M, 6.7G.
std::string short_count(double x);

/// A time span in at most six columns: 12us, 3.4ms, 5.6s, 78m, 9.0h.
std::string short_time(double seconds);

} // namespace towncrier::commands
