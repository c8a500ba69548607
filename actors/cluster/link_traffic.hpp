#pragma once

#include "actors/cluster/link_settings.hpp"
#include "actors/cluster/link_tracing.hpp"
#include "actors/cluster/peer_filter.hpp"
#include "actors/cluster/told_interest.hpp"
#include "flow/ack_queue.hpp"
#include "flow/link_receiver.hpp"
#include "flow/link_sender.hpp"
#include "hosting/actor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace towncrier::cluster {

/// What goes and comes in the sessions of one link. What is sent and when, `flow::link_sender` decides; what comes,
/// `flow::link_receiver` puts together; this says it to the peer's link, the exchange and the hubs, for the actor
/// `peer_link`, which makes the sessions.
class link_traffic {
public:
  using self_pointer = hosting::placed_actor<protocol::peer_link_actor>*;

  /// `settings` must outlive this. `known`: what is here of the peer already.
  link_traffic(self_pointer self, protocol::exchange_actor exchange, const link_settings& settings, std::string peer,
               model::position::mark known);

  // -- sessions

  /// A session with the sender of `x`.
  void begin(std::uint64_t session, const protocol::link_hello& x);
  void end();
  /// Tells the peer what is here; also a sign of life.
  void send_credit();
  /// Tells the peer what the clocks of this node say, if anything is to be told.
  void tell_clock(const std::optional<protocol::link_clock>& x);
  /// When the peer was last heard in this session.
  flow::time_point heard() const noexcept { return heard_; }
  /// How far this node is in what the peer says.
  const model::position::mark& known() const noexcept { return receiver_.known(); }

  // -- what this node says

  void outgoing(protocol::outgoing_parcel& x);
  void object(const protocol::outgoing_objection& x);
  void put_off_due();
  void expire_receipts();

  told_interest& interest() noexcept { return interest_; }
  const told_interest& interest() const noexcept { return interest_; }
  void tell_interest();

  // -- what the peer says

  /// Gives a sentence where the peer said what nobody can read: the session has to end then.
  std::optional<std::string> received(protocol::link_parcel& x);
  void acknowledged(const protocol::link_credit& x);
  void peer_watches(const protocol::link_interest& x);
  /// All hubs of this node have parcel `number` of the peer.
  void delivered(std::uint64_t session, std::uint64_t number);

  // -- for whoever looks

  void fill(protocol::link_status& x) const;
  model::object describe() const;

private:
  flow::time_point now() const { return self_->clock().now(); }
  bool is_of(std::uint64_t session) const noexcept { return session_ != 0 && session == session_; }
  void keep(std::uint64_t sequence, std::vector<protocol::receipt_ptr> receipts);
  void look_at_receipts_later();
  void pump();
  void ask_log(const flow::link_sender<protocol::load>::question& x);
  void send(std::uint64_t number, const protocol::load& x);

  self_pointer self_;
  protocol::exchange_actor exchange_;
  const link_settings& settings_;
  std::string peer_id_;
  /// The link at the other end, and the name of the session with it; 0: there is none.
  caf::typed_actor<caf::reacts_to<protocol::link_parcel>, caf::reacts_to<protocol::link_credit>,
                   caf::reacts_to<protocol::link_interest>, caf::reacts_to<protocol::link_clock>>
      peer_;
  std::uint64_t session_ = 0;
  std::uint64_t peer_life_ = 0; ///< the life of the peer that the session is with
  flow::time_point heard_{};

  flow::link_sender<protocol::load> sender_;
  flow::link_receiver receiver_;
  /// The receipts of publishers that wait for the peer.
  flow::ack_queue<std::vector<protocol::receipt_ptr>> receipts_;
  bool receipts_timer_ = false;
  told_interest interest_;
  /// What the peer's viewers watch, and the number by which the peer names that.
  peer_filter filter_;
  std::uint64_t peer_interest_ = 0;
  link_tracing tracing_;
  /// What is counted here; the rest of it is filled in by `fill`.
  protocol::link_status counts_;
};

} // namespace towncrier::cluster
