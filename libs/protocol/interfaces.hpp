#pragma once

#include "protocol/chunk_sink.hpp"
#include "protocol/cluster.hpp"
#include "protocol/links.hpp"
#include "protocol/messages.hpp"

#include <caf/typed_actor.hpp>

#include <functional>

/// Every actor of Towncrier and what can be said to it: the contents page of the program. Read it from the top: that
/// is the way of a change from a character to the screen, and then the way of a client's message back.
namespace towncrier::protocol {
// A line a message reads better than what the formatter makes of them.
// clang-format off

/// Collects changes into batches: full at `max_size` or 64 KiB, or due `max_wait` after the first.
using batcher_actor = caf::typed_actor<
    /// A change to go out with the next batch.
    caf::reacts_to<outgoing_change>,
    /// The batch that was begun has waited long enough (the number tells which one).
    caf::reacts_to<due_atom, std::uint64_t>>;

/// A question of an operator and its answer, in the words of the inspection API: see nodes/API.md.
struct inspect_request {
  model::value question;
};
struct inspect_answer {
  model::value answer;
};

/// One character: gives each change its epoch, version and time, and knows the latest state.
using character_publisher_actor = caf::typed_actor<
    /// Something is said of the character.
    caf::reacts_to<character_order>,
    /// Hold back what is said from now on, or give it out as one change.
    caf::reacts_to<pause_order>,
    /// End after everything that was said so far; the directory begins another, which goes on.
    caf::reacts_to<stop_atom>>;

/// Knows the publisher of every character that this node owns; begins one for a character that is new here.
using character_directory_actor = caf::typed_actor<
    /// Things said of characters, in order.
    caf::reacts_to<character_job>,
    /// Others own them now.
    caf::reacts_to<overtaken>,
    /// Restart, pause or resume a character's publisher, as an operator wishes.
    caf::replies_to<character_act>::with<inspect_answer>>;

/// Gives events their time and sends them on.
using event_notifier_actor = caf::typed_actor<
    /// Events, in order.
    caf::reacts_to<event_job>>;

/// One client: its outbox, its subscriptions' answers, its end. Lives on the I/O thread that owns its socket.
using connection_actor = caf::typed_actor<
    /// The upgrade is done.
    caf::reacts_to<socket_opened>,
    /// Messages came.
    caf::reacts_to<socket_received>,
    /// Everything that was queued has gone.
    caf::reacts_to<drained_atom>,
    /// There is no socket any more.
    caf::reacts_to<socket_closed>,
    /// The hub has a place for it.
    caf::reacts_to<joined>,
    /// Something to show.
    caf::reacts_to<delivery>,
    /// Something that was missed.
    caf::reacts_to<replay>,
    /// A message for this client alone.
    caf::reacts_to<answer>,
    /// An error that answers one of its messages.
    caf::reacts_to<failure_answer>,
    /// A heartbeat is to be sent, and with which position: every interval, and when the client asks.
    caf::reacts_to<heartbeat_due>,
    /// Every hub has what it published.
    caf::reacts_to<delivered>,
    /// It must end.
    caf::reacts_to<close_order>,
    /// Why did it see, or not see, the last change of a character?
    caf::replies_to<why_question>::with<inspect_answer>,
    /// A timeout before it has joined a hub.
    caf::reacts_to<tick_atom>>;

/// A client joins a hub. Its live messages wait for a while, so that a `resume` can still come before them.
struct join_request {
  connection_actor viewer;
  std::vector<std::string> channels;
  /// Whether `channels` were not asked for: the first `subscribe` replaces them.
  bool automatic = false;
  /// Where to resume; empty: begin now.
  std::string position;
  /// Part of the viewer, when it lives on the hub's thread; nullptr: chunks are sent to it.
  chunk_sink* sink = nullptr;
};

/// Which message of which viewer a hub is to act on.
struct viewer_ref {
  std::uint32_t slot = 0;
  connection_actor viewer;
};

struct subscribe_order {
  viewer_ref from;
  std::optional<model::message_id> id;
  model::subscribe_request request;
};

struct unsubscribe_order {
  viewer_ref from;
  std::optional<model::message_id> id;
  model::unsubscribe_request request;
};

struct resume_order {
  viewer_ref from;
  std::optional<model::message_id> id;
  std::string position;
};

/// A client wants to know where it stands.
struct heartbeat_order {
  viewer_ref from;
  std::optional<model::message_id> id;
};

/// The socket of a viewer that is being caught up took what it was given.
struct replay_more {
  std::uint32_t slot = 0;
};

/// A viewer's time to say `resume` is over.
struct release_hold {
  std::uint32_t slot = 0;
  std::uint64_t generation = 0;
};

/// A viewer goes, perhaps before it was told its place.
struct leave_order {
  caf::actor_addr who;
};

/// Why does a viewer see, or not see, the last change of a character?
struct why_request {
  viewer_ref from;
  model::character_id character;
};

/// Keeps the latest state and the recent history, finds out who is interested, encodes once. One an I/O thread.
using hub_actor = caf::typed_actor<
    /// A batch of this node.
    caf::reacts_to<outgoing_batch>,
    /// A batch of a peer.
    caf::reacts_to<peer_batch>,
    /// The window is over: deliver what was gathered.
    caf::reacts_to<flush_atom>,
    /// A client is there.
    caf::reacts_to<join_request>,
    caf::reacts_to<subscribe_order>,
    caf::reacts_to<unsubscribe_order>,
    caf::reacts_to<resume_order>,
    caf::reacts_to<heartbeat_order>,
    caf::reacts_to<replay_more>,
    caf::reacts_to<release_hold>,
    /// A client is gone.
    caf::reacts_to<leave_order>,
    /// The next of the viewers are due a heartbeat.
    caf::reacts_to<due_atom>,
    caf::replies_to<why_request>::with<inspect_answer>,
    /// Forget history that is too old.
    caf::reacts_to<tick_atom>>;

/// Hands every batch to all hubs of this node, and those of this node to every peer; knows the latest state of every
/// character, and what this node said lately.
using exchange_actor = caf::typed_actor<
    /// A batch of this node.
    caf::reacts_to<outgoing_batch>,
    /// A batch of a peer.
    caf::reacts_to<peer_batch>,
    /// A hub that wants batches from now on.
    caf::reacts_to<hub_actor>,
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

/// A client knocks.
struct enter_request {
  connection_actor who;
  std::string peer;
};

/// Which connection is `id`?
struct find_connection {
  connection_id id = 0;
};
/// Empty: none.
struct found_connection {
  connection_actor who;
};

/// Counts clients against the cap and knows each by its id.
using admission_actor = caf::typed_actor<
    /// Lets a client in or says why not. A client that was let in is forgotten when its actor ends.
    caf::replies_to<enter_request>::with<admission_result>,
    caf::replies_to<list_atom>::with<connection_list>,
    caf::replies_to<find_connection>::with<found_connection>,
    /// Closes everybody with `going_away`, in waves, and lets nobody in; answers when all are gone.
    caf::replies_to<stop_atom>::with<bool>,
    /// The next wave.
    caf::reacts_to<tick_atom>>;

/// Tells who a token belongs to.
using authenticator_actor = caf::typed_actor<
    caf::replies_to<verify_request>::with<verify_result>,
    /// Reads the tokens file again; keeps the old tokens when it cannot be read.
    caf::reacts_to<reload_atom>>;

/// Where an inbound message came from.
struct inbound_origin {
  connection_id id = 0;
  viewer_ref from;
  hub_actor hub;
};

/// Messages of one client, read in one go.
struct inbound {
  inbound_origin origin;
  identity who;
  std::vector<model::client_message> messages;
  /// Held by what is published.
  receipt_ptr receipt;
};

/// Passes on what a client may send, and answers the rest with `rate_limit`.
using rate_limiter_actor = caf::typed_actor<
    caf::reacts_to<inbound>,
    /// Forget identities that were silent for a whole window.
    caf::reacts_to<tick_atom>>;

/// Hands each admitted message to the actor that acts on it.
using dispatcher_actor = caf::typed_actor<
    caf::reacts_to<inbound>>;

/// An operator's command.
struct command_order {
  inbound_origin origin;
  std::optional<model::message_id> id;
  std::string name;
  model::object args;
};

/// Ticks the built-in town.
using world_actor = caf::typed_actor<
    /// pause, resume, step, set_rate, status
    caf::reacts_to<command_order>,
    /// The nodes that live: they share the characters.
    caf::reacts_to<cluster_view>,
    caf::reacts_to<tick_atom>>;

/// Shows what passes the connections to operators who asked, and keeps the last of it.
using debugger_actor = caf::typed_actor<
    caf::reacts_to<debug_record>,
    /// debug: on or off for this operator
    caf::reacts_to<command_order>,
    caf::replies_to<list_atom>::with<debug_log>>;

/// Counts everything that goes through the edge.
using connection_monitor_actor = caf::typed_actor<
    /// As Prometheus text.
    caf::replies_to<list_atom>::with<metrics_page>,
    /// The guide's `get_metrics`, as an answer to an operator.
    caf::reacts_to<command_order>>;

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
    /// Answers when etcd has it; false when etcd could not be reached.
    caf::replies_to<leave_request>::with<bool>,
    /// Compare and swap.
    caf::replies_to<town_update>::with<town_update_result>>;

/// A question for the inspectors of other nodes: of the node `node`, or of all others when that is `all`.
struct peers_request {
  std::string node;
  model::value question;
};

/// What came in time: of each node its id and its answer.
struct peers_answer {
  std::vector<std::pair<std::string, model::value>> answers;
};

/// Carries an inspector's questions to those of other nodes.
using inspection_peers_actor = caf::typed_actor<
    caf::replies_to<peers_request>::with<peers_answer>>;

/// Answers operators: who is there, what they do, why a client saw something; and acts for them.
using inspector_actor = caf::typed_actor<
    caf::replies_to<inspect_request>::with<inspect_answer>,
    /// The cluster is there: questions about other nodes go through it from now on.
    caf::reacts_to<inspection_peers_actor>,
    /// Time for the next sample, while somebody asks for the busiest.
    caf::reacts_to<tick_atom>>;

} // namespace towncrier::protocol

#define TOWNCRIER_LOCAL_MESSAGE(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(towncrier::protocol::name)
TOWNCRIER_LOCAL_MESSAGE(socket_opened)
TOWNCRIER_LOCAL_MESSAGE(socket_received)
TOWNCRIER_LOCAL_MESSAGE(socket_closed)
TOWNCRIER_LOCAL_MESSAGE(admission_result)
TOWNCRIER_LOCAL_MESSAGE(verify_request)
TOWNCRIER_LOCAL_MESSAGE(verify_result)
TOWNCRIER_LOCAL_MESSAGE(connection_list)
TOWNCRIER_LOCAL_MESSAGE(character_job)
TOWNCRIER_LOCAL_MESSAGE(character_order)
TOWNCRIER_LOCAL_MESSAGE(event_job)
TOWNCRIER_LOCAL_MESSAGE(outgoing_change)
TOWNCRIER_LOCAL_MESSAGE(outgoing_batch)
TOWNCRIER_LOCAL_MESSAGE(outgoing_parcel)
TOWNCRIER_LOCAL_MESSAGE(outgoing_objection)
TOWNCRIER_LOCAL_MESSAGE(peer_batch)
TOWNCRIER_LOCAL_MESSAGE(overtaken)
TOWNCRIER_LOCAL_MESSAGE(lookup_request)
TOWNCRIER_LOCAL_MESSAGE(lookup_answer)
TOWNCRIER_LOCAL_MESSAGE(log_request)
TOWNCRIER_LOCAL_MESSAGE(log_answer)
TOWNCRIER_LOCAL_MESSAGE(link_status)
TOWNCRIER_LOCAL_MESSAGE(link_list)
TOWNCRIER_LOCAL_MESSAGE(node_info)
TOWNCRIER_LOCAL_MESSAGE(delivery)
TOWNCRIER_LOCAL_MESSAGE(replay)
TOWNCRIER_LOCAL_MESSAGE(joined)
TOWNCRIER_LOCAL_MESSAGE(answer)
TOWNCRIER_LOCAL_MESSAGE(failure_answer)
TOWNCRIER_LOCAL_MESSAGE(heartbeat_due)
TOWNCRIER_LOCAL_MESSAGE(delivered)
TOWNCRIER_LOCAL_MESSAGE(close_order)
TOWNCRIER_LOCAL_MESSAGE(debug_record)
TOWNCRIER_LOCAL_MESSAGE(debug_log)
TOWNCRIER_LOCAL_MESSAGE(metrics_page)
TOWNCRIER_LOCAL_MESSAGE(join_request)
TOWNCRIER_LOCAL_MESSAGE(subscribe_order)
TOWNCRIER_LOCAL_MESSAGE(unsubscribe_order)
TOWNCRIER_LOCAL_MESSAGE(resume_order)
TOWNCRIER_LOCAL_MESSAGE(heartbeat_order)
TOWNCRIER_LOCAL_MESSAGE(replay_more)
TOWNCRIER_LOCAL_MESSAGE(release_hold)
TOWNCRIER_LOCAL_MESSAGE(leave_order)
TOWNCRIER_LOCAL_MESSAGE(enter_request)
TOWNCRIER_LOCAL_MESSAGE(inbound)
TOWNCRIER_LOCAL_MESSAGE(command_order)
TOWNCRIER_LOCAL_MESSAGE(cluster_view)
TOWNCRIER_LOCAL_MESSAGE(store_report)
TOWNCRIER_LOCAL_MESSAGE(leave_request)
TOWNCRIER_LOCAL_MESSAGE(town_update)
TOWNCRIER_LOCAL_MESSAGE(town_update_result)
TOWNCRIER_LOCAL_MESSAGE(inspect_request)
TOWNCRIER_LOCAL_MESSAGE(inspect_answer)
TOWNCRIER_LOCAL_MESSAGE(pause_order)
TOWNCRIER_LOCAL_MESSAGE(character_act)
TOWNCRIER_LOCAL_MESSAGE(why_question)
TOWNCRIER_LOCAL_MESSAGE(why_request)
TOWNCRIER_LOCAL_MESSAGE(find_connection)
TOWNCRIER_LOCAL_MESSAGE(found_connection)
TOWNCRIER_LOCAL_MESSAGE(peers_request)
TOWNCRIER_LOCAL_MESSAGE(peers_answer)
#undef TOWNCRIER_LOCAL_MESSAGE
