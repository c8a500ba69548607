#pragma once

#include "model/value.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/readiness.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace towncrier::node {

/// Who tells of the cluster; `membership` is empty where the node is alone.
struct cluster_targets {
  protocol::membership_actor membership;
  protocol::exchange_actor exchange;
  std::shared_ptr<const protocol::readiness> ready;
};

/// Adds what the cluster knows to what this node said of itself (`{"nodes": [{"id", ...}]}`): every node of the view,
/// this node's links, the view's number, whether etcd can be reached, and whether this node is ready, and what is
/// wrong.
model::value with_cluster(caf::actor_system& system, const cluster_targets& targets, model::value own);

} // namespace towncrier::node
