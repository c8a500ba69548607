#pragma once

#include "protocol/traffic.hpp"

#include <string_view>
#include <vector>

namespace towncrier::ops {

/// One number that the edge counts: how it is called, what it means, and where it stands.
struct traffic_metric {
  std::string_view name; ///< of the guide, and in Prometheus after `towncrier_`
  std::string_view help;
  bool is_gauge = false; ///< goes down as well
  protocol::counter protocol::traffic::*member;
};

/// All of them.
const std::vector<traffic_metric>& traffic_metrics();

/// The sum over all I/O threads.
std::uint64_t sum(const protocol::traffic_list& threads, const traffic_metric& metric) noexcept;

/// Messages received of the type protocol::inbound_types[index].
std::uint64_t received_of_type(const protocol::traffic_list& threads, std::size_t index) noexcept;

/// The sum over all I/O threads of one of several counters of a kind.
template <std::size_t Size>
std::uint64_t sum_at(const protocol::traffic_list& threads, std::array<protocol::counter, Size> protocol::traffic::*of,
                     std::size_t index) noexcept {
  std::uint64_t result = 0;
  for (const auto& thread : threads)
    result += ((*thread).*of)[index].get();
  return result;
}

} // namespace towncrier::ops
