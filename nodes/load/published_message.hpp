#pragma once

#include "nodes/load/settings.hpp"

#include <string>

namespace towncrier::load {

/// Message number `n` as the publisher sends it: about `size` bytes, and its number in it.
std::string published_message(const settings& x, std::uint32_t n);

} // namespace towncrier::load
