#pragma once

#include "flow/interest.hpp"
#include "protocol/links.hpp"

namespace towncrier::cluster {

/// Tells which batches of this node concern the viewers of a peer.
class peer_filter {
public:
  void set(const protocol::wants& x);

  bool concerns(const protocol::parcel& x);

  /// For inspection: "everything", or the channels.
  model::value describe() const;

private:
  bool everything_ = true;
  /// What the peer's viewers watch, as one subscriber.
  flow::interest watched_;
};

} // namespace towncrier::cluster
