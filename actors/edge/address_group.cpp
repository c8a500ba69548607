#include "actors/edge/address_group.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace towncrier::edge {

namespace {

constexpr std::size_t network_bytes = 8; // of a /64
constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::string to_text(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> room{};
  ::inet_ntop(family, address, room.data(), room.size());
  return room.data();
}

} // namespace

std::string address_group(std::string_view peer) {
  auto address = peer.substr(0, peer.rfind(':'));
  if (!address.starts_with('['))
    return std::string{address};
  address = address.substr(1, address.rfind(']') - 1);
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, std::string{address.substr(0, address.find('%'))}.c_str(), &parsed) != 1)
    return std::string{address};
  auto* bytes = parsed.s6_addr;
  if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes))
    return to_text(AF_INET, bytes + mapped_prefix.size());
  std::fill(bytes + network_bytes, bytes + sizeof parsed.s6_addr, std::uint8_t{0});
  return to_text(AF_INET6, &parsed) + "/64";
}

} // namespace towncrier::edge
