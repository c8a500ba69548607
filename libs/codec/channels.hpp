#pragma once

#include "codec/fields.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::codec {

/// Whether `x` names something to watch: `world`, `location:<name>`, `character:<id>` or `event:<type>`, with a name of
/// 1 to `max_name_size` bytes.
bool is_channel(std::string_view x) noexcept;

/// The member `channels`, an array of such names; nothing when it was left out or is wrong.
std::optional<std::vector<std::string>> read_channels(fields& in);

} // namespace towncrier::codec
