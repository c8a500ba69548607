#include "actors/ops/connection_monitor.hpp"

#include "actors/ops/actor_metrics.hpp"
#include "actors/ops/metric_families.hpp"
#include "actors/ops/process_usage.hpp"
#include "actors/ops/traffic_metrics.hpp"
#include "protocol/replies.hpp"

#include <prometheus/text_serializer.h>

namespace towncrier::ops {

namespace {

/// Prometheus wants counters to end in `_total`, and gauges not to.
std::string exported_name(const traffic_metric& x) {
  const std::string name = x.name == "total_connections" ? "connections" : std::string{x.name};
  return "towncrier_" + name + (x.is_gauge ? "" : "_total");
}

void add_traffic(metric_families& out, const protocol::traffic_list& threads, const std::string& node) {
  for (const auto& metric : traffic_metrics()) {
    const auto type = metric.is_gauge ? prometheus::MetricType::Gauge : prometheus::MetricType::Counter;
    auto& family = add_family(out, exported_name(metric), std::string{metric.help}, type);
    add_value(family, static_cast<double>(sum(threads, metric)), {{"node", node}});
  }
  auto& by_type = add_family(out, "towncrier_received_by_type_total", "Messages received from clients, by type",
                             prometheus::MetricType::Counter);
  for (std::size_t i = 0; i < protocol::inbound_types.size(); ++i)
    add_value(by_type, static_cast<double>(received_of_type(threads, i)),
              {{"node", node}, {"type", std::string{protocol::inbound_types[i]}}});
  auto& by_code = add_family(out, "towncrier_errors_by_code_total", "Error messages sent to clients, by code",
                             prometheus::MetricType::Counter);
  for (std::size_t i = 0; i < protocol::error_names.size(); ++i)
    add_value(by_code, static_cast<double>(sum_at(threads, &protocol::traffic::errors_by_code, i)),
              {{"node", node}, {"code", std::to_string(1001 + i)}, {"name", std::string{protocol::error_names[i]}}});
  auto& refused =
      add_family(out, "towncrier_auth_failures_total", "Clients that were not let in, or not allowed what they wanted",
                 prometheus::MetricType::Counter);
  for (std::size_t i = 0; i < protocol::auth_failure_reasons.size(); ++i)
    add_value(refused, static_cast<double>(sum_at(threads, &protocol::traffic::auth_failures, i)),
              {{"node", node}, {"reason", std::string{protocol::auth_failure_reasons[i]}}});
}

void add_build(metric_families& out, const std::string& node) {
  add_value(
      add_family(out, "towncrier_build_info", "What is running; the value is always 1", prometheus::MetricType::Gauge),
      1, {{"node", node}, {"version", TOWNCRIER_VERSION}, {"link_protocol", std::to_string(protocol::link_protocol)}});
}

void add_process(metric_families& out) {
  const auto usage = read_process_usage();
  using prometheus::MetricType;
  add_value(add_family(out, "process_resident_memory_bytes", "Resident memory", MetricType::Gauge),
            usage.resident_bytes, {});
  add_value(add_family(out, "process_cpu_seconds_total", "User and system time", MetricType::Counter),
            usage.cpu_seconds, {});
  add_value(add_family(out, "process_open_fds", "Open file descriptors", MetricType::Gauge), usage.open_files, {});
  add_value(add_family(out, "towncrier_heap_bytes", "Heap in use", MetricType::Gauge), usage.heap_bytes, {});
}

} // namespace

connection_monitor_state::connection_monitor_state(self_pointer ptr) : self(ptr) {}

protocol::metrics_page connection_monitor_state::page() const {
  metric_families all;
  add_build(all, node);
  add_traffic(all, threads, node);
  add_process(all);
  add_actor_metrics(all, self->system(), node);
  return {prometheus::TextSerializer{}.Serialize(all)};
}

model::object connection_monitor_state::describe() const {
  model::object data;
  for (const auto& metric : traffic_metrics())
    data.emplace_back(std::string{metric.name}, sum(threads, metric));
  return data;
}

void connection_monitor_state::command(const protocol::command_order& x) {
  auto data = describe();
  model::object by_type;
  for (std::size_t i = 0; i < protocol::inbound_types.size(); ++i)
    by_type.emplace_back(std::string{protocol::inbound_types[i]}, received_of_type(threads, i));
  data.emplace_back("received_by_type", std::move(by_type));
  reply(self, x, std::move(data));
}

protocol::connection_monitor_actor::behavior_type connection_monitor(connection_monitor_state::self_pointer self,
                                                                     std::string node, protocol::traffic_list threads) {
  self->state.node = std::move(node);
  self->state.threads = std::move(threads);
  return {
      [self](protocol::list_atom) { return self->state.page(); },
      [self](const protocol::command_order& x) { self->state.command(x); },
  };
}

} // namespace towncrier::ops
