#pragma once

#include "actors/cluster/link_settings.hpp"
#include "actors/cluster/node_lives.hpp"
#include "hosting/actor.hpp"

#include <map>
#include <string>

namespace towncrier::cluster {

/// The links of this node, one a peer: begins one for each node that a view has, tells it when its node has left, and
/// asks all of them what has to be asked of all. For the actor `exchange`.
class peer_links {
public:
  using self_pointer = hosting::placed_actor<protocol::exchange_actor>*;

  /// `lives` must outlive this; it is told of every link.
  peer_links(self_pointer self, link_settings settings, node_lives& lives)
      : self_(self), settings_(std::move(settings)), lives_(lives) {}

  /// A new view. A link that begins is told what is here of its peer, and what the viewers here watch.
  void see(const protocol::cluster_view& x, const model::position& heard, const protocol::wants& interest);
  /// An actor that may have been a link has ended.
  void ended(const caf::actor_addr& who);
  void stop();

  // -- one link

  /// The link of a node that greets answers it.
  caf::result<protocol::link_reply> greeted(protocol::link_hello& x);
  caf::result<protocol::link_answer> ask(const std::string& node, protocol::link_question& x);
  /// Nothing happens where there is no link.
  void object(const std::string& node, protocol::outgoing_objection x);
  /// Precondition: there is a link.
  const protocol::peer_link_actor& at(const std::string& node) const { return links_.at(node); }

  // -- all links

  void send(const protocol::outgoing_parcel& x);
  void object(const protocol::outgoing_objection& x);
  /// Tells what the viewers here watch.
  void tell_interest(const protocol::wants& x);
  /// The same; answered when each peer goes by it, or is not linked.
  caf::result<bool> ask_to_follow(const protocol::wants& x);
  /// Where each stands; `said`: the last batch of this node.
  caf::result<protocol::link_list> list(std::uint64_t said);

  model::array names() const;

private:
  protocol::peer_link_actor begin(const protocol::node_info& x, model::position::mark heard,
                                  const protocol::wants& interest);

  self_pointer self_;
  link_settings settings_;
  node_lives& lives_;
  std::map<std::string, protocol::peer_link_actor> links_;
  std::uint64_t begun_ = 0;
};

} // namespace towncrier::cluster
