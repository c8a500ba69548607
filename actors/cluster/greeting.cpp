#include "actors/cluster/greeting.hpp"

namespace towncrier::cluster {

std::optional<refusal> check_hello(const protocol::link_hello& x, const link_settings& own, const std::string& peer,
                                   const model::position::mark& known) {
  if (x.protocol != protocol::link_protocol)
    return refusal{refusal_reason::version,
                   "node " + own.node + " speaks version " + std::to_string(protocol::link_protocol) +
                       " of the protocol between nodes and node " + x.node + " version " + std::to_string(x.protocol) +
                       ": run the same version of towncrier on both"};
  if (x.cluster != own.cluster)
    return refusal{refusal_reason::cluster, "node " + own.node + " belongs to the cluster " + own.cluster +
                                                " and node " + x.node + " to " + x.cluster +
                                                ": their cluster.prefix must be the same"};
  if (x.to != own.node || x.node != peer)
    return refusal{refusal_reason::addressee,
                   "the greeting of " + x.node + " was meant for " + x.to + ", and " + peer + " met " + own.node};
  // What came of a life below the one that was heard would be taken for old, and dropped.
  if (x.incarnation < known.incarnation)
    return refusal{refusal_reason::life, "node " + x.node + " has begun the life " + std::to_string(x.incarnation) +
                                             ", and node " + own.node + " has heard its life " +
                                             std::to_string(known.incarnation) +
                                             ": the number of a later life must be higher"};
  if (x.known_incarnation > own.incarnation)
    return refusal{refusal_reason::life, "node " + own.node + " has begun the life " + std::to_string(own.incarnation) +
                                             ", and node " + x.node + " has heard its life " +
                                             std::to_string(x.known_incarnation) +
                                             ": the number of a later life must be higher"};
  if (!x.link)
    return refusal{refusal_reason::no_handle, "the greeting of " + x.node + " names nobody to talk to"};
  return std::nullopt;
}

std::optional<refusal> check_reply(const protocol::link_reply& x, const link_settings& own, const std::string& peer,
                                   const model::position::mark& known) {
  if (x.accepted)
    return check_hello(x.hello, own, peer, known);
  // Whoever refuses leaves its greeting as it is by default, with the version that it speaks; it says in it only which
  // life of the greeting node it has heard.
  const auto reason = x.hello.protocol == protocol::link_protocol ? refusal_reason::by_peer : refusal_reason::version;
  return refusal{reason, x.refusal};
}

} // namespace towncrier::cluster
