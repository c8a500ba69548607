#pragma once

#include "model/result.hpp"
#include "protocol/cluster.hpp"

#include <string>
#include <string_view>

namespace towncrier::cluster {

/// A node as its key in etcd holds it (see this room's README).
std::string to_json(const protocol::node_info& x);

/// Fails for what does not name a node and its incarnation. What is missing beside that is empty.
model::result<protocol::node_info> parse_node(std::string_view json);

} // namespace towncrier::cluster
