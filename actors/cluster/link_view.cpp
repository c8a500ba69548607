#include "actors/cluster/link_view.hpp"

#include <array>

namespace towncrier::cluster {

namespace {

constexpr std::array<std::string_view, 3> phases{"waiting", "dialling", "live"};

} // namespace

model::object view(const protocol::link_status& x) {
  const auto or_null = [](const std::optional<double>& number) {
    return number ? model::value{*number} : model::value{};
  };
  return {{"node", x.node},
          {"address", x.address},
          {"phase", phases[static_cast<std::size_t>(x.phase)]},
          {"breaker", x.breaker},
          {"failures", std::uint64_t{x.failures}},
          {"last_error", x.last_error},
          {"sessions", x.sessions},
          {"refusals", x.refusals},
          {"sent_parcels", x.sent_parcels},
          {"sent_bytes", x.sent_bytes},
          {"received_parcels", x.received_parcels},
          {"received_bytes", x.received_bytes},
          {"conflated_parcels", x.conflated_parcels},
          {"lost_events", x.lost_events},
          {"in_flight_bytes", std::uint64_t{x.in_flight_bytes}},
          {"window_bytes", std::uint64_t{x.window_bytes}},
          {"held_receipts", std::uint64_t{x.held_receipts}},
          {"sent_upto", x.sent_upto},
          {"said", x.said},
          {"clock_offset_ms", or_null(x.clock_offset_ms)},
          {"clock_round_trip_ms", or_null(x.clock_round_trip_ms)}};
}

} // namespace towncrier::cluster
