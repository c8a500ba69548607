#include "actors/ops/traffic_metrics.hpp"

namespace towncrier::ops {

const std::vector<traffic_metric>& traffic_metrics() {
  using protocol::traffic;
  static const std::vector<traffic_metric> all{
      {"total_connections", "Clients that were let in", false, &traffic::connections_total},
      {"active_connections", "Clients that are connected", true, &traffic::connections_active},
      {"connections_behind", "Clients that are being given less than everything", true, &traffic::connections_behind},
      {"messages_sent", "WebSocket messages sent to clients", false, &traffic::messages_sent},
      {"deliveries", "Changes and events sent to clients", false, &traffic::deliveries},
      {"messages_received", "WebSocket messages received from clients", false, &traffic::messages_received},
      {"bytes_sent", "Bytes of frames sent to clients", false, &traffic::bytes_sent},
      {"bytes_received", "Bytes of messages received from clients", false, &traffic::bytes_received},
      {"queued_bytes", "Bytes that wait for clients' sockets", true, &traffic::queued_bytes},
      {"conflated", "States that a later state replaced before a slow client had it", false, &traffic::conflated},
      {"dropped_events", "Events that a slow client did not get", false, &traffic::dropped_events},
      {"errors", "Error messages sent to clients", false, &traffic::errors_sent},
      {"closed_by_server", "Connections that this node closed", false, &traffic::closed_by_us},
  };
  return all;
}

std::uint64_t sum(const protocol::traffic_list& threads, const traffic_metric& metric) noexcept {
  std::uint64_t result = 0;
  for (const auto& thread : threads)
    result += (*thread.*metric.member).get();
  return result;
}

std::uint64_t received_of_type(const protocol::traffic_list& threads, std::size_t index) noexcept {
  std::uint64_t result = 0;
  for (const auto& thread : threads)
    result += thread->received_by_type[index].get();
  return result;
}

} // namespace towncrier::ops
