#pragma once

#include <string>
#include <string_view>

namespace towncrier::edge {

/// What counts as one client's address, out of `address:port`: an IPv4 address, however it is written, or the /64 of an
/// IPv6 address, since whoever has one has all of them. What is no address stands for itself.
std::string address_group(std::string_view peer);

} // namespace towncrier::edge
