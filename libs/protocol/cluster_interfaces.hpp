#pragma once

#include "protocol/cluster.hpp"
#include "protocol/links.hpp"
#include "protocol/world_interfaces.hpp"

#include <functional>

/// The actors between nodes.
namespace towncrier::protocol {
// A line a message reads better than what the formatter makes of them.
// clang-format off

/// Hands every batch to all hubs of this node, and those of this node to every peer; knows the latest state of every
/// character, and what this node said lately.
using exchange_actor = caf::typed_actor<
    /// A batch of this node.
    caf::reacts_to<outgoing_batch>,
    /// A batch of a peer.
    caf::reacts_to<peer_batch>,
    /// A hub that is given batches from now on.
    caf::reacts_to<hub_actor>,
    /// What the viewers of a hub watch of what the peers say.
    caf::replies_to<hub_wants>::with<bool>,
    /// Whom to tell which characters were overtaken.
    caf::reacts_to<character_directory_actor>,
    /// What is known of characters, to go on from.
    caf::replies_to<lookup_request>::with<lookup_answer>,
    /// The nodes that live: a link to each.
    caf::reacts_to<cluster_view>,
    /// A peer greets; its link answers.
    caf::replies_to<link_hello>::with<link_reply>,
    /// What a peer has missed.
    caf::replies_to<log_request>::with<log_answer>,
    /// Where every link stands.
    caf::replies_to<list_atom>::with<link_list>,
    /// A question of this node's inspector to another's, by the node's id.
    caf::replies_to<std::string, link_question>::with<link_answer>,
    /// Forget what is too old.
    caf::reacts_to<tick_atom>>;

/// The way to one peer and back: greets or is greeted, keeps the credit window, takes in what the peer says.
using peer_link_actor = caf::typed_actor<
    /// A batch of this node.
    caf::reacts_to<outgoing_parcel>,
    /// What the peer does not know of characters that it speaks of.
    caf::reacts_to<outgoing_objection>,
    /// What the view says of the peer.
    caf::reacts_to<node_info>,
    /// The view does not have the peer any more: end when the link does.
    caf::reacts_to<stop_atom>,
    /// The peer greets.
    caf::replies_to<link_hello>::with<link_reply>,
    /// The peer said something.
    caf::reacts_to<link_parcel>,
    /// The peer has something.
    caf::reacts_to<link_credit>,
    /// What the peer's clocks say.
    caf::reacts_to<link_clock>,
    /// What the peer's viewers watch, and what this node's viewers watch of what the peer says.
    caf::reacts_to<link_interest>,
    caf::replies_to<own_wants>::with<bool>,
    /// Latest states go out now in the place of the batches that concern no viewer of the peer.
    caf::reacts_to<flush_atom>,
    /// All hubs have a parcel of the peer: its session and number.
    caf::reacts_to<delivered_atom, std::uint64_t, std::uint64_t>,
    /// The peer's inspector asks.
    caf::replies_to<link_question>::with<link_answer>,
    /// This node's inspector asks the peer's.
    caf::replies_to<forward_atom, link_question>::with<link_answer>,
    caf::replies_to<list_atom>::with<link_status>,
    /// Time to dial, or to give up waiting: the number tells which timer.
    caf::reacts_to<due_atom, std::uint64_t>,
    caf::reacts_to<tick_atom>>;

/// Finds the exchange of a node by its address.
using dialer_actor = caf::typed_actor<
    /// Host and port; answers with what was published there.
    caf::replies_to<std::string, std::uint16_t>::with<caf::strong_actor_ptr>>;

/// Whoever wants to know which nodes live: `exchange`, `world`, ...
using view_listener_actor = caf::typed_actor<
    /// The view, or whether etcd can be reached, has changed.
    caf::reacts_to<cluster_view>>;

/// What etcd said, to be dealt with on the actor's own turn.
struct store_report {
  std::function<void()> deal;
};

/// Keeps this node registered in etcd and knows the others that are.
using membership_actor = caf::typed_actor<
    /// Keep the lease alive; try what failed again.
    caf::reacts_to<tick_atom>,
    /// Something came from etcd.
    caf::reacts_to<store_report>,
    /// Wants views from now on; gets the present one at once.
    caf::reacts_to<view_listener_actor>,
    /// The view as it is now.
    caf::replies_to<list_atom>::with<cluster_view>,
    /// How it gets on with etcd.
    caf::replies_to<status_atom>::with<membership_status>,
    /// Answers when etcd has it; false when etcd could not be reached.
    caf::replies_to<leave_request>::with<bool>,
    /// Compare and swap.
    caf::replies_to<town_update>::with<town_update_result>>;

} // namespace towncrier::protocol
