#include "actors/ops/cluster_metrics.hpp"

#include "actors/ops/metric_families.hpp"

#include <prometheus/text_serializer.h>

#include <array>
#include <functional>

namespace towncrier::ops {

namespace {

using prometheus::MetricType;
using protocol::link_status;
using protocol::membership_status;

/// One number: how it is called after `towncrier_`, what it means, and where it stands; nothing where it is not known.
template <class Of>
struct metric {
  const char* name;
  const char* help;
  MetricType type;
  std::function<std::optional<double>(const Of&)> value;
};

template <class Of, class T>
auto member(T Of::*at) {
  return [at](const Of& x) { return std::optional{static_cast<double>(x.*at)}; };
}

std::optional<double> seconds(const std::optional<double>& milliseconds) {
  return milliseconds ? std::optional{*milliseconds / 1000} : std::nullopt;
}

const std::array<metric<membership_status>, 6> of_membership{{
    {"etcd_up", "Whether etcd is reached", MetricType::Gauge, member(&membership_status::reachable)},
    {"etcd_failures_total", "Requests that etcd did not answer, or refused", MetricType::Counter,
     member(&membership_status::failures)},
    {"cluster_registered", "Whether etcd holds this node as it is", MetricType::Gauge,
     member(&membership_status::registered)},
    {"cluster_registrations_total", "Times that this node wrote its key in etcd", MetricType::Counter,
     member(&membership_status::registrations)},
    {"cluster_nodes", "Nodes in the view", MetricType::Gauge, member(&membership_status::nodes)},
    {"cluster_view_revision", "The number of the view", MetricType::Gauge, member(&membership_status::revision)},
}};

const std::array<metric<link_status>, 13> of_links{{
    {"link_up", "Whether the link with a peer stands", MetricType::Gauge,
     [](const link_status& x) { return std::optional{x.phase == protocol::link_phase::live ? 1.0 : 0.0}; }},
    {"link_sessions_total", "Times that the link was made", MetricType::Counter, member(&link_status::sessions)},
    {"link_refusals_total", "Greetings of the peer that were refused", MetricType::Counter,
     member(&link_status::refusals)},
    {"link_failures", "Attempts in a row that failed", MetricType::Gauge, member(&link_status::failures)},
    {"link_sent_bytes_total", "Bytes of batches sent to the peer", MetricType::Counter,
     member(&link_status::sent_bytes)},
    {"link_received_bytes_total", "Bytes of batches received from the peer", MetricType::Counter,
     member(&link_status::received_bytes)},
    {"link_in_flight_bytes", "Bytes that the peer has not acknowledged", MetricType::Gauge,
     member(&link_status::in_flight_bytes)},
    {"link_behind_batches", "Batches of this node that the peer has not been sent", MetricType::Gauge,
     [](const link_status& x) {
       return std::optional{x.said > x.sent_upto ? static_cast<double>(x.said - x.sent_upto) : 0.0};
     }},
    {"link_held_receipts", "Publishers' messages that wait for the peer", MetricType::Gauge,
     member(&link_status::held_receipts)},
    {"link_conflated_parcels_total", "Parcels of latest states sent instead of what was missed", MetricType::Counter,
     member(&link_status::conflated_parcels)},
    {"link_lost_events_total", "Events that could not be kept for the peer", MetricType::Counter,
     member(&link_status::lost_events)},
    {"link_clock_offset_seconds", "How far the peer's wall clock is ahead of this node's", MetricType::Gauge,
     [](const link_status& x) { return seconds(x.clock_offset_ms); }},
    {"link_clock_round_trip_seconds", "The quickest round trip that clocks were compared by lately", MetricType::Gauge,
     [](const link_status& x) { return seconds(x.clock_round_trip_ms); }},
}};

std::string text_of(const metric_families& all) { return prometheus::TextSerializer{}.Serialize(all); }

} // namespace

std::string cluster_metrics(const cluster_state& x) {
  metric_families all;
  for (const auto& one : of_membership)
    add_value(add_family(all, std::string{"towncrier_"} + one.name, one.help, one.type), *one.value(x.membership),
              {{"node", x.node}});
  for (const auto& one : of_links) {
    auto& family = add_family(all, std::string{"towncrier_"} + one.name, one.help, one.type);
    for (const auto& link : x.links.links)
      if (const auto value = one.value(link))
        add_value(family, *value, {{"node", x.node}, {"peer", link.node}});
    if (family.metric.empty())
      all.pop_back();
  }
  return text_of(all);
}

std::string certificate_metrics(const std::string& node, const std::map<std::string, double>& ends) {
  metric_families all;
  if (ends.empty())
    return {};
  auto& family = add_family(all, "towncrier_certificate_expiry_timestamp_seconds",
                            "When a certificate that this node has loaded ends", MetricType::Gauge);
  for (const auto& [use, end] : ends)
    add_value(family, end, {{"node", node}, {"use", use}});
  return text_of(all);
}

} // namespace towncrier::ops
