#pragma once

#include "codec/fields.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::codec {

/// The member `channels`, an array of channels (see `channel_fault`); nothing when it was left out or is wrong.
std::optional<std::vector<std::string>> read_channels(fields& in);

} // namespace towncrier::codec
