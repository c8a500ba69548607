#include "actors/ops/metric_families.hpp"

namespace towncrier::ops {

prometheus::MetricFamily& add_family(metric_families& out, std::string name, std::string help,
                                     prometheus::MetricType type) {
  return out.emplace_back(prometheus::MetricFamily{std::move(name), std::move(help), type, {}});
}

void add_value(prometheus::MetricFamily& out, double x, std::vector<prometheus::ClientMetric::Label> labels) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  if (out.type == prometheus::MetricType::Gauge)
    metric.gauge.value = x;
  else
    metric.counter.value = x;
  out.metric.push_back(std::move(metric));
}

} // namespace towncrier::ops
