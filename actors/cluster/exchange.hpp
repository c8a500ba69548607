#pragma once

#include "actors/cluster/node_lives.hpp"
#include "actors/cluster/ownership.hpp"
#include "actors/cluster/parcel_log.hpp"
#include "actors/cluster/peer_links.hpp"

#include <optional>
#include <vector>

namespace towncrier::cluster {

struct exchange_settings {
  std::string node;
  std::uint64_t incarnation = 0;
  /// What this node said, kept for peers.
  std::size_t log_bytes = 64 * 1024 * 1024;
  std::chrono::milliseconds log_age{120'000};
  /// How long a node is away until positions do not name it any more. Well above all ages of logs and histories in the
  /// cluster together: nobody who may come back then has anything of it left to get.
  std::chrono::milliseconds forget_age{300'000};
  /// For each link, of which there is none without a dialer: the node is alone.
  link_settings link;
};

/// Hands every batch to all hubs of this node, and those of this node to every peer.
///
/// `parcel_log`: what this node said lately. `ownership`: the latest state of every character, whoever said it.
/// `node_lives`: which nodes live. `peer_links`: the links, and what all of them are asked.
class exchange_state {
public:
  static inline const char* name = "exchange";
  using self_pointer = hosting::pointer<protocol::exchange_actor, exchange_state>;

  explicit exchange_state(self_pointer self) : self_(self) {}

  void start(exchange_settings settings);
  void stop(const caf::exit_msg& x);

  // -- batches

  void outgoing(const protocol::outgoing_batch& x);
  void from_peer(const protocol::peer_batch& x);
  protocol::log_answer missed(const protocol::log_request& x) const;

  // -- those who are served

  void add_hub(const protocol::hub_actor& x);
  caf::result<bool> tell_interest(const protocol::hub_wants& x);
  void serve(const protocol::character_directory_actor& x) { directory_ = x; }
  protocol::lookup_answer look_up(const protocol::lookup_request& x) const { return parts_->characters.look_up(x); }

  // -- nodes

  void see(const protocol::cluster_view& x);
  void tick();
  peer_links& links() noexcept { return parts_->links; }
  caf::result<protocol::link_list> list_links() { return parts_->links.list(parts_->said.last()); }

  model::object describe() const;

private:
  /// Made by `start`; in the order in which they need each other.
  struct parts {
    parts(self_pointer self, const exchange_settings& x);

    node_lives lives;
    ownership characters;
    parcel_log said;
    peer_links links;
  };

  struct served_hub {
    protocol::hub_actor who;
    /// What its viewers watch of what the peers say; until it has said, everything.
    protocol::wants interest;
  };

  flow::time_point now() const { return self_->clock().now(); }
  bool is_alone() const noexcept { return !settings_.link.dialer; }
  bool is_new(const model::origin_position& x) const;
  /// Tells those who have to know of it. `origin`: who said the batch.
  void settle(ownership::conflicts x, const std::string& origin);
  void tell_what_was_said_last_by(const std::string& node);
  protocol::wants interest() const;

  self_pointer self_;
  exchange_settings settings_;
  std::vector<served_hub> hubs_;
  protocol::character_directory_actor directory_;
  /// How far this node is in what the peers said.
  model::position heard_;
  std::optional<parts> parts_;
};

protocol::exchange_actor::behavior_type exchange(exchange_state::self_pointer self, exchange_settings settings);

} // namespace towncrier::cluster
