#pragma once

#include "model/batch.hpp"
#include "protocol/messages.hpp"
#include "protocol/wants.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What nodes say to each other. The messages of the first half are the only ones that leave a process. They are
/// announced to CAF (`CAF_ADD_TYPE_ID` below), and carry batches as bytes that CAF does not look into. The second half
/// is what the links of a node and its exchange say to each other.
namespace towncrier::protocol {

/// The layout and the meaning of everything that nodes say to each other, down to the bytes of a batch. Nodes of
/// different numbers do not link: raise it with every change of either.
inline constexpr std::uint32_t link_protocol = 4;

/// A node greets another: it says who it is, how far it is in what the greeted node said, and which actor takes the
/// messages that follow. The layout of this and of `link_reply` is the same in all versions from 2 on, and must stay
/// so: a greeting that cannot be read ends the connection, and nobody is told why. Whatever a later version has to say
/// besides, it says in messages that follow.
struct link_hello {
  std::uint32_t protocol = link_protocol;
  /// The cluster's name: where its nodes register.
  std::string cluster;
  std::string node;
  std::uint64_t incarnation = 0;
  /// The node that it is meant for: by now, another node may be at its address.
  std::string to;
  /// Names the session that begins with this greeting, in all messages of it.
  std::uint64_t session = 0;
  /// What it has of the greeted node; 0, 0: nothing.
  std::uint64_t known_incarnation = 0;
  std::uint64_t known_sequence = 0;
  /// What its viewers watch of what the greeted node says, and the number of that version of it.
  protocol::wants interest;
  std::uint64_t interest_number = 0;
  /// Takes `link_parcel`, `link_credit`, `link_interest`, `link_clock` and `link_question`.
  caf::strong_actor_ptr link;
};

/// The answer: the greeted node's own greeting, or a sentence that says why not.
struct link_reply {
  bool accepted = false;
  std::string refusal;
  /// Of a node that refuses, only these mean something: `protocol`, the version that it speaks, and
  /// `known_incarnation`, the life of the greeting node that it has heard.
  link_hello hello;
};

/// How a batch stands to those before it.
enum class parcel_kind : std::uint8_t {
  exact,     ///< the next one, as it was made
  part,      ///< latest states and events instead of several batches; more of it follows, and counts with the last
  conflated, ///< the last part: with it everything up to its sequence was told
  objection, ///< not a batch: states of nodes that are gone, later than those that the receiver said
  thin,      ///< as `conflated`, but for batches that concern no viewer of the peer: it missed no events
};

/// A batch on its way to a peer.
struct link_parcel {
  std::uint64_t session = 0;
  /// 1, 2, 3, ... in the session.
  std::uint64_t number = 0;
  parcel_kind kind = parcel_kind::exact;
  /// Events that could not be kept for the peer.
  std::uint64_t lost_events = 0;
  /// codec::encode_batch
  std::string bytes;
};

/// Every hub of the node has the parcels up to `number`.
struct link_credit {
  std::uint64_t session = 0;
  std::uint64_t number = 0;
  /// What follows goes by this version of what the receiver's viewers watch.
  std::uint64_t interest_number = 0;
};

/// What the sender's viewers watch of what the receiver says from now on.
struct link_interest {
  std::uint64_t session = 0;
  /// Of this version; greater than those before, whichever the session.
  std::uint64_t number = 0;
  wants interest;
};

/// The name that stands in messages between nodes, since CAF writes the name that a type was announced by (below): with
/// another one, nodes of this version would not understand each other.
using link_wish = link_interest;

/// The sender's clocks, in microseconds: its steady clock as it sent this, and what the last of the receiver's said and
/// when it came. So each can tell how the clocks of the other stand to its own.
struct link_clock {
  std::uint64_t session = 0;
  /// Of the receiver's steady clock; 0: nothing of it has come in this session.
  std::int64_t origin = 0;
  std::int64_t received = 0;
  std::int64_t sent = 0;
  /// How far the sender's wall clock, and the cluster's time as the sender has it, are ahead of its steady clock.
  std::int64_t wall_ahead = 0;
  std::int64_t cluster_ahead = 0;
  /// How well the sender knows the cluster's time (`flow::cluster_time::source`).
  std::uint8_t source = 0;
};

/// The inspector of one node asks that of another. What the bytes say, only inspectors know.
struct link_question {
  std::string bytes;
};

struct link_answer {
  std::string bytes;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_hello& x) {
  return f(caf::meta::type_name("link_hello"), x.protocol, x.cluster, x.node, x.incarnation, x.to, x.session,
           x.known_incarnation, x.known_sequence, x.interest, x.interest_number, x.link);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_reply& x) {
  return f(caf::meta::type_name("link_reply"), x.accepted, x.refusal, x.hello);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_parcel& x) {
  return f(caf::meta::type_name("link_parcel"), x.session, x.number, x.kind, x.lost_events, x.bytes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_credit& x) {
  return f(caf::meta::type_name("link_credit"), x.session, x.number, x.interest_number);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_interest& x) {
  return f(caf::meta::type_name("link_wish"), x.session, x.number, x.interest);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_clock& x) {
  return f(caf::meta::type_name("link_clock"), x.session, x.origin, x.received, x.sent, x.wall_ahead, x.cluster_ahead,
           x.source);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_question& x) {
  return f(caf::meta::type_name("link_question"), x.bytes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_answer& x) {
  return f(caf::meta::type_name("link_answer"), x.bytes);
}

// -- inside a node

/// A batch of this node with its bytes, encoded once for all peers.
struct parcel {
  model::batch_ptr batch;
  std::string bytes;
  /// How many of its changes are events.
  std::uint64_t events = 0;
  /// For each change: the state before, where the character was elsewhere then; may be empty.
  std::vector<model::character_ptr> before{};
};

using parcel_ptr = std::shared_ptr<const parcel>;

/// A parcel as a peer is to get it.
struct load {
  parcel_ptr what;
  parcel_kind kind = parcel_kind::exact;
  std::uint64_t lost_events = 0;

  // For `flow::link_sender`.
  std::size_t size() const noexcept { return what->bytes.size(); }
  std::optional<std::uint64_t> reaches() const noexcept {
    return kind == parcel_kind::part ? std::nullopt : std::optional{what->batch->stamp.sequence};
  }
  std::uint64_t exact_events() const noexcept { return kind == parcel_kind::exact ? what->events : 0; }
};

/// A new batch of this node, for one peer.
struct outgoing_parcel {
  parcel_ptr what;
  /// Held until the peer has it, but not for long.
  std::vector<receipt_ptr> receipts;
};

/// A peer said states of characters that are earlier than what a node said that is gone now: the peer has to be told
/// the later ones, which are in `batch`.
struct outgoing_objection {
  model::batch_ptr batch;
};

/// A batch that a peer said. It is of a type of its own so that it can only be delivered here: a loop cannot be
/// written.
struct peer_batch {
  model::batch_ptr batch;
  parcel_kind kind = parcel_kind::exact;
  std::uint64_t lost_events = 0;
  /// Given back when the last hub has it; the peer then gets its credit.
  receipt_ptr receipt;
};

/// A node has been gone for so long that positions need not name it any more.
struct forget_origin {
  std::string node;
};

/// A link asks what its peer has missed.
struct log_request {
  /// The last sequence of this life that the peer has; empty: it has nothing.
  std::optional<std::uint64_t> after;
  /// Events said up to there, as far as the link knows.
  std::uint64_t events = 0;
  std::size_t max_bytes = 0;
  /// What was said up to here concerns no viewer of the peer: of that, latest states will do.
  std::optional<std::uint64_t> unwanted_upto{};
};

struct log_answer {
  std::vector<load> loads;
  /// What the peer has when it has them.
  std::uint64_t upto = 0;
  std::uint64_t events = 0;
  /// Whether that is everything said so far.
  bool all = true;
};

/// Where a link stands, for operators.
enum class link_phase : std::uint8_t { waiting, dialling, live };

struct link_status {
  std::string node;
  std::string address;
  link_phase phase = link_phase::waiting;
  /// `closed`, `open` or `half_open`.
  std::string breaker;
  std::uint32_t failures = 0;
  std::string last_error;
  std::uint64_t sessions = 0;
  /// Greetings of the peer that were refused.
  std::uint64_t refusals = 0;
  std::uint64_t sent_parcels = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_parcels = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t conflated_parcels = 0;
  std::uint64_t lost_events = 0;
  /// Not acknowledged yet.
  std::size_t in_flight_bytes = 0;
  std::size_t window_bytes = 0;
  std::size_t held_receipts = 0;
  /// The peer's place in what this node says, and how far this node is.
  std::uint64_t sent_upto = 0;
  std::uint64_t said = 0;
  /// How far the peer's wall clock is ahead of this node's, in milliseconds; empty: not measured.
  std::optional<double> clock_offset_ms{};
  /// From a sign of life to the answer, in milliseconds; empty: not measured.
  std::optional<double> clock_round_trip_ms{};
};

struct link_list {
  std::vector<link_status> links;
};

} // namespace towncrier::protocol

CAF_BEGIN_TYPE_ID_BLOCK(towncrier, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_hello))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_reply))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_parcel))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_credit))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_wish))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_clock))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_question))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_answer))
CAF_END_TYPE_ID_BLOCK(towncrier)
