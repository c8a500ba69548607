#include "town/definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace towncrier::town {

namespace {

constexpr std::array<std::string_view, 14> kind_words = {"home",    "market",  "shop",      "inn",    "workshop",
                                                         "square",  "park",    "hall",      "school", "church",
                                                         "harbour", "library", "infirmary", "field"};

constexpr std::array<std::string_view, 12> activity_names = {"wake", "sleep", "eat",     "work",   "shop", "meet",
                                                             "read", "draw",  "perform", "stroll", "rest", "cry"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& words, std::string_view text) noexcept {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end())
    return {};
  return static_cast<Enum>(found - words.begin());
}

} // namespace

std::string_view to_string(place_kind x) noexcept { return kind_words[static_cast<std::size_t>(x)]; }

std::string_view to_string(activity x) noexcept { return activity_names[static_cast<std::size_t>(x)]; }

std::optional<place_kind> parse_place_kind(std::string_view text) noexcept {
  return parse<place_kind>(kind_words, text);
}

std::optional<activity> parse_activity(std::string_view text) noexcept { return parse<activity>(activity_names, text); }

std::string place_kind_words() { return fmt::format("{}", fmt::join(kind_words, ", ")); }

std::string activity_words() { return fmt::format("{}", fmt::join(activity_names, ", ")); }

} // namespace towncrier::town
