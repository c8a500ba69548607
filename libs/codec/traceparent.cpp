#include "codec/traceparent.hpp"

#include <optional>

namespace towncrier::codec {

namespace {

std::optional<std::uint64_t> hex(std::string_view text) {
  std::uint64_t result = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      result = result << 4U | static_cast<std::uint64_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      result = result << 4U | static_cast<std::uint64_t>(c - 'a' + 10);
    else
      return std::nullopt;
  }
  return result;
}

} // namespace

model::trace_ptr parse_traceparent(std::string_view text) {
  // version-trace-parent-flags: 2, 32, 16 and 2 digits.
  constexpr std::size_t size = 55;
  constexpr std::uint64_t no_version = 0xff;
  if (text.size() < size || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return nullptr;
  const auto version = hex(text.substr(0, 2));
  const auto high = hex(text.substr(3, 16));
  const auto low = hex(text.substr(19, 16));
  const auto parent = hex(text.substr(36, 16));
  if (!version || !high || !low || !parent || !hex(text.substr(53, 2)))
    return nullptr;
  const auto more = text.substr(size);
  if (*version == no_version || (*version == 0 && !more.empty()) || (!more.empty() && more.front() != '-'))
    return nullptr;
  if ((*high == 0 && *low == 0) || *parent == 0)
    return nullptr;
  auto mark = std::make_shared<model::trace_mark>();
  mark->id = {*high, *low};
  mark->publisher = *parent;
  return mark;
}

} // namespace towncrier::codec
