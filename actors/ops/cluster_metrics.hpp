#pragma once

#include "protocol/interfaces.hpp"

#include <map>
#include <string>

namespace towncrier::ops {

/// What a node tells Prometheus of its cluster: membership, etcd, every link.
struct cluster_state {
  std::string node;
  protocol::membership_status membership;
  protocol::link_list links;
};

/// As Prometheus text.
std::string cluster_metrics(const cluster_state& x);

/// The certificates that a node has loaded: what each is for (`tls`, `cluster`, ...), and when it ends, in seconds
/// since the Unix epoch. As Prometheus text.
std::string certificate_metrics(const std::string& node, const std::map<std::string, double>& ends);

} // namespace towncrier::ops
