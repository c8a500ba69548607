#include "flow/channel.hpp"

#include <array>

namespace towncrier::flow {

namespace {

constexpr std::string_view world_name = "world";

/// By channel_kind.
constexpr std::array<std::string_view, channel_kinds - 1> prefixes{"character:", "event:", "location:"};

} // namespace

std::optional<channel> parse_channel(std::string_view text) {
  if (text == world_name)
    return channel{channel_kind::world, {}};
  for (std::size_t kind = 0; kind < prefixes.size(); ++kind)
    if (text.starts_with(prefixes[kind]) && text.size() > prefixes[kind].size())
      return channel{static_cast<channel_kind>(kind), std::string{text.substr(prefixes[kind].size())}};
  return std::nullopt;
}

std::string to_string(const channel& x) {
  if (x.kind == channel_kind::world)
    return std::string{world_name};
  return std::string{prefixes[static_cast<std::size_t>(x.kind)]} + x.name;
}

} // namespace towncrier::flow
