#pragma once

#include "protocol/chunk_sink.hpp"
#include "protocol/inspection.hpp"
#include "protocol/messages.hpp"
#include "protocol/wants.hpp"

#include <caf/typed_actor.hpp>

/// The actors between a client's socket and what happens in the cluster: rooms `edge` and `fanout`.
namespace towncrier::protocol {
// A line a message reads better than what the formatter makes of them.
// clang-format off

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
    /// It may be too slow for what it missed.
    caf::reacts_to<replay_overdue>,
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
    /// Is it still welcome?
    caf::reacts_to<grants_changed>,
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
  /// No, it did not, and too much waits: the viewer falls behind, and is given the rest as one that is behind.
  bool late = false;
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

/// Tells the peers what this node's viewers watch of what they say.
using wants_keeper_actor = caf::typed_actor<
    caf::replies_to<hub_wants>::with<bool>>;

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
    /// There are peers; whom to tell what is wanted of them.
    caf::reacts_to<wants_keeper_actor>,
    /// A node does not come back.
    caf::reacts_to<forget_origin>,
    /// Forget history that is too old.
    caf::reacts_to<tick_atom>>;

/// A client knocks.
struct enter_request {
  connection_actor who;
  std::string peer;
  /// The proxy that it comes through; empty: none.
  std::string via{};
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
    /// Passes it on to everybody.
    caf::reacts_to<grants_changed>,
    /// Closes everybody with `going_away`, in waves, and lets nobody in; answers when all are gone.
    caf::replies_to<stop_atom>::with<bool>,
    /// The next wave.
    caf::reacts_to<tick_atom>>;

/// Tells who a token belongs to.
using authenticator_actor = caf::typed_actor<
    caf::replies_to<verify_request>::with<verify_result>,
    /// Has the files read again, and tells admission of what is granted now; keeps what it has when they cannot be read.
    caf::reacts_to<reload_atom>,
    /// They were read.
    caf::reacts_to<credentials_read>>;

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

} // namespace towncrier::protocol
