#pragma once

#include "actors/cluster/link_settings.hpp"

#include <optional>
#include <string>

namespace towncrier::cluster {

/// Why two nodes do not link.
enum class refusal_reason : std::uint8_t {
  version,   ///< they speak different versions of the protocol between nodes
  cluster,   ///< they belong to different clusters
  addressee, ///< the greeting was meant for another node, or comes from another node than was expected
  life,      ///< a life of one of them has a number below that of an earlier one
  no_handle, ///< the greeting names no actor to send to
  by_peer,   ///< the greeted node has a reason of its own
};

struct refusal {
  refusal_reason reason = refusal_reason::by_peer;
  /// For the logs of both nodes.
  std::string sentence;
};

/// Why there can be no session with the sender of `x`, which should be the node `peer`, of which this node has heard as
/// far as `known`; empty: there can.
std::optional<refusal> check_hello(const protocol::link_hello& x, const link_settings& own, const std::string& peer,
                                   const model::position::mark& known);

/// Why the answer of the greeted node `peer` begins no session; empty: it does.
std::optional<refusal> check_reply(const protocol::link_reply& x, const link_settings& own, const std::string& peer,
                                   const model::position::mark& known);

} // namespace towncrier::cluster
