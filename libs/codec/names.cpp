#include "codec/names.hpp"

#include "codec/utf8.hpp"

#include <fmt/format.h>

namespace towncrier::codec {

namespace {

constexpr std::string_view not_utf8 = "is not valid UTF-8";

/// What a channel selects by, and what stands behind the colon; empty: it is no channel with a name.
std::string_view name_in_channel(std::string_view x) noexcept {
  for (const std::string_view prefix : {"location:", "character:", "event:"})
    if (x.starts_with(prefix))
      return x.substr(prefix.size());
  return {};
}

/// What is wrong with it; empty: nothing.
std::string fault_of_channel(std::string_view x) {
  if (!is_utf8(x))
    return std::string{not_utf8};
  if (x == "world" || x == no_channel)
    return {};
  const auto name = name_in_channel(x);
  if (name.empty())
    return "is " + quoted(x);
  return name.size() <= max_name_size ? "" : fmt::format("is {} with a name of {} bytes", quoted(x), name.size());
}

} // namespace

std::string name_fault(std::string_view x) {
  if (!is_utf8(x))
    return fmt::format("{}; give 1 to {} bytes of UTF-8", not_utf8, max_name_size);
  if (x.empty() || x.size() > max_name_size)
    return fmt::format("has {} bytes; give 1 to {}", x.size(), max_name_size);
  return {};
}

std::string channel_fault(std::string_view x) {
  const auto fault = fault_of_channel(x);
  return fault.empty() ? ""
                       : fmt::format("{}; give 'world', 'location:<name>', 'character:<id>' or 'event:<type>', with a "
                                     "name of 1 to {} bytes",
                                     fault, max_name_size);
}

std::string quoted(std::string_view x) {
  constexpr std::size_t longest = 64;
  const auto front = utf8_prefix(x, longest);
  return fmt::format("'{}{}'", front, front.size() < x.size() ? "..." : "");
}

} // namespace towncrier::codec
