#pragma once

#include <caf/fwd.hpp>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace towncrier::ops {

/// What is counted of actors, by kind, as Prometheus wants it.
void add_actor_metrics(std::vector<prometheus::MetricFamily>& out, const caf::actor_system& system,
                       const std::string& node);

} // namespace towncrier::ops
