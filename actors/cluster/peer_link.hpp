#pragma once

#include "actors/cluster/greeting.hpp"
#include "actors/cluster/link_traffic.hpp"
#include "actors/cluster/peer_clock.hpp"

#include <random>

namespace towncrier::cluster {

/// The way to one peer and back. Of two nodes the one with the lesser id dials; a session begins with a greeting
/// (`link_hello`) that says where each stands in what the other said, so that nothing is sent twice or left out.
///
/// Here is how sessions begin and end; what goes and comes in them is in `link_traffic.hpp`, and what they measure of
/// the peer's clocks in `peer_clock.hpp`.
class peer_link_state {
public:
  static inline const char* name = "peer_link";
  using self_pointer = hosting::pointer<protocol::peer_link_actor, peer_link_state>;

  explicit peer_link_state(self_pointer self);

  void start(protocol::exchange_actor exchange, link_settings settings, protocol::node_info info,
             model::position::mark known);

  // -- what this node says

  /// The view has the peer, or has it no more.
  void update(const protocol::node_info& x);
  void leave_view();
  caf::result<bool> tell_interest(const protocol::own_wants& x);
  caf::result<protocol::link_answer> ask_peer(protocol::link_question& x);

  // -- what the peer says

  protocol::link_reply greeted(const protocol::link_hello& x);
  void received(protocol::link_parcel& x);
  void hear_clock(const protocol::link_clock& x);
  caf::result<protocol::link_answer> answer_peer(protocol::link_question& x);
  void peer_ended(const caf::down_msg& x);

  // -- everything else

  /// In a session.
  link_traffic& traffic() noexcept { return *traffic_; }
  void due(std::uint64_t timer);
  protocol::link_status status() const;
  model::object describe() const;

private:
  flow::time_point now() const { return self_->clock().now(); }
  bool dials() const { return settings_.node < info_.id; }
  void wake_after(flow::duration wait);
  void dial();
  void greet(const caf::strong_actor_ptr& portal);
  protocol::link_hello hello();
  void compare_lives(std::uint64_t known_to_peer);
  void begin(const protocol::link_hello& x);
  void beat();
  void failed(std::string why, flow::duration pause = {});
  void lost(std::string why);
  void end_session();
  caf::result<protocol::link_answer> pass_on(const caf::actor& to, protocol::link_question& x);

  self_pointer self_;
  link_settings settings_;
  protocol::node_info info_;
  bool left_view_ = false;

  protocol::link_phase phase_ = protocol::link_phase::waiting;
  caf::strong_actor_ptr peer_;
  std::uint64_t session_ = 0;
  std::uint64_t timer_ = 0; ///< the number of the timer that counts
  std::mt19937_64 random_;
  flow::backoff retry_;
  flow::circuit_breaker breaker_;
  std::uint64_t sessions_ = 0;
  std::string last_error_;
  /// Greetings of the peer that were refused, and why the last one was; empty: it was not.
  std::uint64_t refusals_ = 0;
  std::string last_refusal_;
  /// From `start` on.
  std::optional<link_traffic> traffic_;
  std::optional<peer_clock> clock_;
};

protocol::peer_link_actor::behavior_type peer_link(peer_link_state::self_pointer self,
                                                   protocol::exchange_actor exchange, link_settings settings,
                                                   protocol::node_info info, model::position::mark known);

} // namespace towncrier::cluster
