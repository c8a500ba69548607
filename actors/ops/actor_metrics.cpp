#include "actors/ops/actor_metrics.hpp"

#include "hosting/actor_list.hpp"

#include <limits>

namespace towncrier::ops {

namespace {

using hosting::kind_row;
using prometheus::ClientMetric;
using prometheus::MetricType;

std::vector<ClientMetric::Label> labels_of(const kind_row& x, const std::string& node) {
  return {{"kind", x.name}, {"node", node}};
}

struct number {
  const char* name;
  const char* help;
  bool is_gauge;
  std::uint64_t kind_row::*member;
};

constexpr number numbers[] = {
    {"towncrier_actors", "Actors that live", true, &kind_row::actors},
    {"towncrier_actor_mailbox_messages", "Messages that wait in mailboxes", true, &kind_row::mailbox},
    {"towncrier_actor_handled_total", "Messages that actors handled", false, &kind_row::handled},
    {"towncrier_actor_skipped_total", "Messages that actors put off", false, &kind_row::skipped},
    {"towncrier_actor_spawned_total", "Actors that began", false, &kind_row::spawned},
    {"towncrier_actor_ended_total", "Actors that ended", false, &kind_row::ended},
    {"towncrier_actor_restarts_total", "Actors that were begun again after they had ended", false, &kind_row::restarts},
};

void add_histogram(prometheus::MetricFamily& to, const std::vector<std::uint64_t>& counts, double sum,
                   std::vector<ClientMetric::Label> labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    const auto last = i + 1 == counts.size();
    metric.histogram.bucket.push_back(
        {below, last ? std::numeric_limits<double>::infinity() : hosting::duration_histogram::end(i)});
  }
  metric.histogram.sample_count = below;
  metric.histogram.sample_sum = sum;
  to.metric.push_back(std::move(metric));
}

} // namespace

void add_actor_metrics(std::vector<prometheus::MetricFamily>& out, const caf::actor_system& system,
                       const std::string& node) {
  const auto kinds = hosting::actor_list::kinds(system);
  for (const auto& x : numbers) {
    prometheus::MetricFamily family{x.name, x.help, x.is_gauge ? MetricType::Gauge : MetricType::Counter, {}};
    for (const auto& kind : kinds) {
      ClientMetric metric;
      metric.label = labels_of(kind, node);
      (x.is_gauge ? metric.gauge.value : metric.counter.value) = static_cast<double>(kind.*x.member);
      family.metric.push_back(std::move(metric));
    }
    out.push_back(std::move(family));
  }
  prometheus::MetricFamily busy{"towncrier_actor_busy_seconds", "Time in handlers", MetricType::Histogram, {}};
  prometheus::MetricFamily waited{
      "towncrier_actor_mailbox_wait_seconds", "Time in mailboxes, of one message in 64", MetricType::Histogram, {}};
  for (const auto& kind : kinds) {
    add_histogram(busy, kind.busy, kind.busy_seconds, labels_of(kind, node));
    add_histogram(waited, kind.waited, kind.waited_seconds, labels_of(kind, node));
  }
  out.push_back(std::move(busy));
  out.push_back(std::move(waited));
}

} // namespace towncrier::ops
