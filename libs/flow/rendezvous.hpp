#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace towncrier::flow {

/// How strongly `node` claims `key`; the highest claim owns it. FNV-1a over both, then the finaliser of SplitMix64,
/// since FNV's low avalanche would favour some nodes. The same on every machine.
inline std::uint64_t claim(std::string_view node, std::string_view key) noexcept {
  constexpr std::uint64_t prime = 0x100000001B3;
  std::uint64_t x = 0xCBF29CE484222325;
  for (const auto part : {node, std::string_view{"/"}, key})
    for (const auto c : part)
      x = (x ^ static_cast<unsigned char>(c)) * prime;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// Who of `nodes` (strings) owns `key`: everybody who knows the same nodes, in whatever order, finds the same one; a
/// node that goes leaves what others own where it is, and one that comes takes an equal share of everybody. Nothing
/// when there are none. Rendezvous hashing: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates",
/// IEEE/ACM Transactions on Networking 6(1), 1998. O(nodes).
template <class Nodes>
std::string_view rendezvous(const Nodes& nodes, std::string_view key) noexcept {
  std::string_view best;
  std::uint64_t highest = 0;
  for (const std::string_view node : nodes) {
    const auto x = claim(node, key);
    if (best.empty() || x > highest || (x == highest && node < best)) {
      best = node;
      highest = x;
    }
  }
  return best;
}

} // namespace towncrier::flow
