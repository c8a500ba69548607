#pragma once

#include "actors/cluster/node_clock.hpp"
#include "etcd/client.hpp"
#include "flow/life_number.hpp"
#include "model/result.hpp"
#include "protocol/edge_list.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace towncrier::node {

/// What CAF has to know of a node's links: mutual TLS, and how soon a silent peer is given up. Nothing of its network
/// is loaded for a node that is alone.
void configure_links(caf::actor_system_config& to, const protocol::cluster_options& x);

/// What the others are to know of this life of the node.
struct member_life {
  std::shared_ptr<cluster::node_clock> clock;
  std::shared_ptr<const flow::life_number> number;
  /// Called when etcd knows a life of this node whose number, `by`, is not below this one's.
  std::function<void(std::uint64_t by)> outlived;
};

/// A node's place in its cluster: the port for its peers, and its registration in etcd.
class cluster_member {
public:
  /// Reads the certificates. The error names the file that cannot be used.
  static model::result<std::unique_ptr<cluster_member>> make(const protocol::options& options);

  /// The number of this node's life: at least `least`, and above those of all lives of its id that etcd knows of. Waits
  /// for etcd for some seconds; where that gives no answer it is `least`, and is looked at again when etcd is there.
  std::uint64_t claim_life(std::uint64_t least);

  /// Lets peers connect to `exchange`.
  std::optional<model::failure> listen(caf::actor_system& system, const protocol::exchange_actor& exchange);

  /// Registers the node, whose `link` is filled in; `exchange`, the listeners and `edges` are told of every view.
  void join(protocol::node_info info, std::vector<protocol::view_listener_actor> listeners,
            std::shared_ptr<protocol::edge_list> edges, member_life life);

  const protocol::membership_actor& membership() const noexcept { return membership_; }

  /// When the certificates end that links and etcd were given at the start, by what they are for; in seconds since the
  /// Unix epoch.
  const std::map<std::string, double>& certificates_end() const noexcept { return certificates_end_; }

  /// Tells the others that this node goes, and waits until they have taken over what it owned.
  void announce_end();

  /// Nobody connects any more, and etcd does not have the node.
  void deregister();

  /// Ends what speaks with etcd. After the actor of the membership has ended, which uses it.
  void end() { store_.reset(); }

private:
  explicit cluster_member(const protocol::options& options) : options_(options) {}

  const protocol::options& options_;
  std::unique_ptr<etcd::client> store_;
  caf::actor_system* system_ = nullptr;
  protocol::exchange_actor exchange_;
  protocol::membership_actor membership_;
  std::uint16_t port_ = 0;
  bool claimed_ = false;
  std::map<std::string, double> certificates_end_;
};

} // namespace towncrier::node
