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

/// What nodes say to each other. The first half are the only messages that leave a process: they are announced to CAF
/// (`CAF_ADD_TYPE_ID` below), and what they carry of changes is opaque bytes. The second half is what the links of a
/// node and its exchange say to each other.
namespace towncrier::protocol {

/// The layout and the meaning of everything that nodes say to each other, down to the bytes of a batch. Nodes of
/// different numbers do not link: raise it with every change of either.
inline constexpr std::uint32_t link_protocol = 3;

/// A node greets another: who it is, where it stands in what the greeted one said, and who takes what comes next.
/// Its layout, and that of `link_reply`, is the same in all versions from 2 on, for ever: what cannot be read ends the
/// connection, and nobody is told why. What a later version has to say more, it says in messages that follow.
struct link_hello {
  std::uint32_t protocol = link_protocol;
  /// The cluster's name: where its nodes register.
  std::string cluster;
  std::string node;
  std::uint64_t incarnation = 0;
  /// Whom it is meant for: an address may have been given to another node.
  std::string to;
  /// Names this greeting in everything that follows from it.
  std::uint64_t session = 0;
  /// What it has of the greeted node; 0, 0: nothing.
  std::uint64_t known_incarnation = 0;
  std::uint64_t known_sequence = 0;
  /// What it wants of what the greeted node says, and the number of that wish.
  protocol::wants wanted;
  std::uint64_t wish = 0;
  /// Takes `link_parcel`, `link_credit`, `link_wish` and `link_question`.
  caf::strong_actor_ptr link;
};

/// The answer: the greeted node's own greeting, or a sentence that says why not.
struct link_reply {
  bool accepted = false;
  std::string refusal;
  link_hello hello;
};

/// How a batch stands to those before it.
enum class parcel_kind : std::uint8_t {
  exact,     ///< the next one, as it was made
  part,      ///< latest states and events instead of several batches; more of it follows, and counts with the last
  conflated, ///< the last part: with it everything up to its sequence was told
  objection, ///< no batch of the sender's: states above those that it was told, whose owners are gone
  thin,      ///< as `conflated`, but for batches of which the peer wanted nothing: it missed no events
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
  /// What follows goes by this wish of the receiver.
  std::uint64_t wish = 0;
};

/// What the sender wants of what the receiver says from now on.
struct link_wish {
  std::uint64_t session = 0;
  /// Greater than those before, whichever the session.
  std::uint64_t number = 0;
  wants wanted;
};

/// A node's inspector asks another's; what, is theirs alone.
struct link_question {
  std::string bytes;
};

struct link_answer {
  std::string bytes;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_hello& x) {
  return f(caf::meta::type_name("link_hello"), x.protocol, x.cluster, x.node, x.incarnation, x.to, x.session,
           x.known_incarnation, x.known_sequence, x.wanted, x.wish, x.link);
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
  return f(caf::meta::type_name("link_credit"), x.session, x.number, x.wish);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_wish& x) {
  return f(caf::meta::type_name("link_wish"), x.session, x.number, x.wanted);
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
};

/// A new batch of this node, for one peer.
struct outgoing_parcel {
  parcel_ptr what;
  /// Held until the peer has it, but not for long.
  std::vector<receipt_ptr> receipts;
};

/// What a peer said of characters is below what a node that is gone had said of them: the peer has to be told.
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
  /// The peer wanted nothing of what was said up to here: of that, latest states will do.
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
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_question))
CAF_ADD_TYPE_ID(towncrier, (towncrier::protocol::link_answer))
CAF_END_TYPE_ID_BLOCK(towncrier)
