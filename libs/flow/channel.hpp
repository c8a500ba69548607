#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::flow {

/// What a channel selects by. In the order of their names, so that sorted channels are sorted as text, too.
enum class channel_kind : std::uint8_t { character, event, location, world };

inline constexpr std::size_t channel_kinds = 4;

/// What a viewer can subscribe to.
struct channel {
  channel_kind kind = channel_kind::world;
  /// The id of a character, the type of an event, or a location; empty for the world.
  std::string name;

  friend auto operator<=>(const channel&, const channel&) = default;
};

/// Reads `world`, `location:<name>`, `character:<id>` or `event:<type>`; empty for anything else. Names are not
/// empty and may hold colons themselves.
std::optional<channel> parse_channel(std::string_view text);

/// What `parse_channel` reads.
std::string to_string(const channel& x);

} // namespace towncrier::flow
