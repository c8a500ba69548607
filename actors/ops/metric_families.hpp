#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace towncrier::ops {

/// What a page of metrics is made of.
using metric_families = std::vector<prometheus::MetricFamily>;

prometheus::MetricFamily& add_family(metric_families& out, std::string name, std::string help,
                                     prometheus::MetricType type);

/// One sample more, of a gauge or a counter.
void add_value(prometheus::MetricFamily& out, double x, std::vector<prometheus::ClientMetric::Label> labels);

} // namespace towncrier::ops
