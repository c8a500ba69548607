#pragma once

#include "actors/cluster/peer_filter.hpp"
#include "flow/backoff.hpp"
#include "flow/circuit_breaker.hpp"
#include "flow/fifo.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "tracing/board.hpp"

#include <chrono>
#include <deque>
#include <set>

namespace towncrier::cluster {

/// A link at the other end, as far as it is spoken to.
using link_end = caf::typed_actor<caf::reacts_to<protocol::link_parcel>, caf::reacts_to<protocol::link_credit>,
                                  caf::reacts_to<protocol::link_wish>>;

/// What a link has to know of its own node.
struct link_settings {
  /// The cluster's name; nodes of another are refused.
  std::string cluster;
  std::string node;
  std::uint64_t incarnation = 0;
  /// Unacknowledged bytes that may be on their way to the peer.
  std::size_t window_bytes = 4 * 1024 * 1024;
  /// How often the peer is given a sign of life, and how long it may be silent.
  std::chrono::milliseconds heartbeat{200};
  std::chrono::milliseconds timeout{1000};
  /// How long dialling and greeting may take.
  std::chrono::milliseconds patience{3000};
  /// How long a publisher may have to wait for the peer to have what it said.
  std::chrono::milliseconds receipt_patience{1000};
  /// How long what the peer wants nothing of is put off, to be given as latest states.
  std::chrono::milliseconds thin_interval{1000};
  flow::backoff::options retry{std::chrono::milliseconds{100}, std::chrono::seconds{2}};
  flow::circuit_breaker::options breaker{};
  /// Of the waits between attempts, and of the names of sessions.
  std::uint64_t seed = 0;
  protocol::dialer_actor dialer;
  /// Answers what inspectors of other nodes ask; may be empty.
  caf::actor answerer;
  /// What is followed on this node; nullptr: nothing ever is.
  tracing::board_ptr traces{};
};

/// The way to one peer and back. Of two nodes the one with the lesser id dials; a session begins with a greeting
/// (`link_hello`) that says where each stands in what the other said, so that nothing is sent twice or left out.
///
/// To the peer go this node's batches, as they are while the credit window has room. Past it nothing queues here: the
/// link falls behind and later asks the exchange for what the peer missed, which comes as it was, or conflated where
/// that is too much (`log_request`).
///
/// peer_link.cpp: sessions; peer_link_traffic.cpp: what goes and comes in them; peer_link_wishes.cpp: what each wants
/// of the other; peer_link_tracing.cpp: what of it is followed.
struct peer_link_state {
  static inline const char* name = "peer_link";
  using self_pointer = hosting::pointer<protocol::peer_link_actor, peer_link_state>;

  explicit peer_link_state(self_pointer self);

  /// A place in what this node says, and how many events it said up to there.
  struct place {
    std::uint64_t sequence = 0;
    std::uint64_t events = 0;
  };

  // -- sessions

  bool dials() const { return settings.node < info.id; }
  void wake_after(flow::duration wait);
  void due(std::uint64_t number);
  void dial();
  void greet(const caf::strong_actor_ptr& portal);
  protocol::link_reply greeted(const protocol::link_hello& x);
  protocol::link_hello hello() const;
  std::string fault_of(const protocol::link_hello& x) const;
  void begin(const protocol::link_hello& x);
  std::uint64_t events_upto(std::uint64_t sequence);
  void failed(std::string why);
  void beat();
  void lost(std::string why);
  void end_session();
  void update(const protocol::node_info& x);
  void gone();

  // -- what goes and comes

  void outgoing(protocol::outgoing_parcel& x);
  void pull(std::optional<std::uint64_t> unwanted_upto = std::nullopt);
  void pulled(protocol::log_answer& x);
  void send_waiting();
  void send(const protocol::load& x, const place& reaches);
  void credit(const protocol::link_credit& x);
  void hold(std::uint64_t sequence, std::vector<protocol::receipt_ptr> receipts);
  void release_upto(std::uint64_t sequence);
  void release_late();
  void received(protocol::link_parcel& x);
  void object(const protocol::outgoing_objection& x);
  void keep_part(model::batch x);
  model::batch with_its_parts(model::batch x);
  void delivered(std::uint64_t of_session, std::uint64_t number);
  protocol::link_status status() const;
  model::object describe() const;

  // -- what each wants of the other

  caf::result<bool> want(const protocol::own_wants& x);
  void send_wish();
  void follows(std::uint64_t which);
  void forget_waiting_wishes();
  void wished(const protocol::link_wish& x);
  void put_off(std::uint64_t sequence);
  void give_what_was_put_off();
  void send_credit();
  std::uint64_t credited() const { return undelivered.empty() ? received_number : *undelivered.begin() - 1; }

  // -- followed messages

  void follow_later(const model::batch& x, tracing::outcome how, const std::string& reason);
  void note_sent(const protocol::load& x);
  void note_conflated(std::uint64_t upto);
  model::batch_ptr arrived(model::batch x, protocol::parcel_kind kind);

  flow::time_point now() const;

  struct flight {
    std::uint64_t number = 0;
    std::size_t bytes = 0;
    std::uint64_t sequence = 0;
    flow::time_point sent;
  };

  struct held_receipts {
    std::uint64_t sequence = 0;
    std::vector<protocol::receipt_ptr> receipts;
    flow::time_point until;
  };

  self_pointer self;
  protocol::exchange_actor exchange;
  link_settings settings;
  protocol::node_info info;
  bool leaving = false; ///< the view does not have the peer any more

  protocol::link_phase phase = protocol::link_phase::waiting;
  caf::strong_actor_ptr peer;
  std::uint64_t session = 0;
  std::uint64_t timer = 0; ///< the number of the timer that counts
  std::mt19937_64 random;
  flow::backoff retry;
  flow::circuit_breaker breaker;

  /// The last sequence that was sent; empty: nothing of this life.
  std::optional<std::uint64_t> cursor;
  std::uint64_t cursor_events = 0;
  bool all_sent = false; ///< nothing was said after `cursor`
  bool pulling = false;
  std::deque<std::pair<protocol::load, place>> waiting; ///< with the place that each brings the peer to
  /// The places of the last parcel that the peer has acknowledged, and of those after it, of lost sessions too.
  std::deque<place> sent_places;
  std::uint64_t number = 0; ///< of the last parcel sent
  flow::fifo<flight> in_flight;
  std::size_t in_flight_bytes = 0;
  /// From a parcel to the peer's word that its hubs have it, smoothed; empty: none came back in this session.
  std::optional<flow::duration> round_trip;
  std::deque<held_receipts> held;
  bool ticking = false;
  std::uint64_t put_off_upto = 0; ///< the peer wanted nothing of the batches after `cursor` up to here; 0: of none
  bool putting_off = false;       ///< there is a timer

  /// What this node wants of the peer, its number, that of the last greeting, and that which the peer goes by.
  protocol::wants wanted;
  std::uint64_t wish = 0;
  std::uint64_t greeted_wish = 0;
  std::uint64_t followed_wish = 0;
  std::vector<std::pair<std::uint64_t, caf::typed_response_promise<bool>>> waiting_wishes;
  /// What the peer wants.
  peer_filter filter;
  std::uint64_t peer_wish = 0;

  /// Followed messages that the peer has not been sent: of which batch, and whether it was said that they wait.
  struct late_message {
    std::uint64_t sequence = 0;
    model::trace_ptr mark;
    std::int64_t since = 0;
  };
  std::deque<late_message> late;

  /// What came of the peer, and when it was heard last.
  model::position::mark known;
  /// What came in parts whose last has not come: nobody is shown any of it before.
  std::vector<model::change> parts;
  std::uint64_t received_number = 0;   ///< of the peer's last parcel
  std::set<std::uint64_t> undelivered; ///< the peer's parcels that not all hubs have
  flow::time_point heard{};
  protocol::link_status counts;
};

protocol::peer_link_actor::behavior_type peer_link(peer_link_state::self_pointer self,
                                                   protocol::exchange_actor exchange, link_settings settings,
                                                   protocol::node_info info, model::position::mark known);

} // namespace towncrier::cluster
