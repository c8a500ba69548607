#pragma once

#include "actors/edge/fan_out.hpp"
#include "actors/edge/flush_window.hpp"
#include "actors/edge/peer_wants.hpp"
#include "actors/edge/replica.hpp"
#include "actors/edge/viewers.hpp"
#include "flow/early_joins.hpp"
#include "flow/pulse.hpp"
#include "hosting/actor.hpp"
#include "protocol/options.hpp"

#include <variant>

namespace towncrier::edge {

/// Keeps the latest state of every character and the recent history, finds out who is interested in a change, and
/// gives every interested connection the same bytes. A publish is delivered at once when the hub is idle; what
/// arrives during a fan-out is gathered and goes out as one message a connection.
///
/// The work is done by its parts, which know no actor; what stands here takes messages to them, and answers from them:
/// a method or two for each message. hub.cpp: batches in, chunks out. hub_viewers.cpp: who is there and what they
/// watch. hub_catch_up.cpp: resume and snapshots. hub_peers.cpp: what is wanted of the peers. hub_inspection.cpp: what
/// operators see of it.
struct hub_state {
  static inline const char* name = "hub";
  using self_pointer = hosting::pointer<protocol::hub_actor, hub_state>;

  explicit hub_state(self_pointer self);
  void begin(protocol::edge_options x);

  // -- batches in, chunks out

  void take_in(const model::batch& x, protocol::parcel_kind kind = protocol::parcel_kind::exact);
  void take_in(const protocol::peer_batch& x);
  void announce_gap(std::uint64_t lost_events);
  void schedule_flush();
  void show(gathered& x);

  /// The replica as all live viewers have been shown it: flushes what they have not. Whoever tells a viewer a position,
  /// or begins or ends its catch-up, goes by this.
  edge::replica& shown();

  // -- who is there and what they watch

  void join(protocol::join_request& x);
  void leave(const protocol::leave_order& x);
  void subscribe(protocol::subscribe_order& x);
  void unsubscribe(protocol::unsubscribe_order& x);
  void confirm(const viewer& to, std::string_view type, model::object data, const std::optional<model::message_id>& id);
  void watch_world(slot_type slot);
  void show_difference(slot_type slot, const std::vector<fanout::item_ptr>& visible_before);
  void heartbeat(protocol::heartbeat_order& x);
  void beat();
  void send_heartbeat(const viewer& to, std::optional<model::message_id> id);
  void tick();

  // -- resume and snapshots

  bool comes_early(const protocol::join_request& x);
  bool begin_resume(slot_type slot, std::string_view position_text);
  void begin_waiting(slot_type slot);
  void resume(protocol::resume_order& x);
  void release(const protocol::release_hold& x);
  void give_more(const protocol::replay_more& x);
  void pump(slot_type slot);
  catch_up::piece give_piece(slot_type slot);
  void give_up_catch_up(slot_type slot);
  void bound_catch_ups();
  void send_snapshot(slot_type slot);

  // -- the peers

  using order = std::variant<protocol::join_request, protocol::subscribe_order, protocol::unsubscribe_order,
                             protocol::resume_order>;

  void hear_peers(const protocol::wants_keeper_actor& x);
  void request_of_peers(const protocol::wants& x);
  void carry_out(std::deque<order> xs);

  // -- for operators

  model::object describe() const;
  model::object why(const protocol::why_request& x);

  const flow::interest& interest() const noexcept { return window.interest(); }
  flow::time_point now() const { return self->clock().now(); }

  self_pointer self;
  protocol::edge_options options;
  edge::replica replica;
  edge::flush_window window;
  edge::viewers viewers;
  edge::fan_out fan_out;
  edge::peer_wants<caf::actor_addr, order> wants;
  /// Whom `wants` is told; empty where there are no peers.
  protocol::wants_keeper_actor wants_keeper;
  flow::early_joins<caf::actor_addr> early_joins{early_patience};

  /// The viewers by when their heartbeats are due.
  struct pulsing {
    slot_type slot;
    std::uint64_t generation;
  };
  flow::pulse<pulsing> pulse;
};

protocol::hub_actor::behavior_type hub(hub_state::self_pointer self, protocol::edge_options options);

} // namespace towncrier::edge
