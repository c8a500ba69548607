#pragma once

#include "actors/edge/recent_pieces.hpp"
#include "actors/edge/viewers.hpp"
#include "fanout/trail.hpp"
#include "flow/forgotten_origins.hpp"
#include "flow/history.hpp"
#include "flow/interest.hpp"
#include "flow/pulse.hpp"
#include "flow/recent.hpp"
#include "flow/state_table.hpp"
#include "hosting/actor.hpp"
#include "protocol/options.hpp"

#include <deque>
#include <set>
#include <unordered_map>

namespace towncrier::edge {

/// Keeps the latest state of every character and the recent history, finds out who is interested in a change, and
/// gives every interested connection the same bytes. A publish is delivered at once when the hub is idle; what
/// arrives during a fan-out is gathered and goes out as one message a connection.
///
/// hub.cpp: batches in, chunks out. hub_viewers.cpp: who is there and what they want. hub_catch_up.cpp: resume and
/// snapshots. hub_wants.cpp: what is wanted of the peers, and who is none any more. hub_inspection.cpp and
/// hub_tracing.cpp: what operators see of it.
struct hub_state {
  static inline const char* name = "hub";
  using self_pointer = hosting::pointer<protocol::hub_actor, hub_state>;
  using slot_type = flow::interest::slot;

  explicit hub_state(self_pointer self);

  // -- batches in, chunks out

  void take_in(const model::batch& x, protocol::parcel_kind kind = protocol::parcel_kind::exact);
  void take_in(const protocol::peer_batch& x);
  void announce_gap(std::uint64_t lost_events);
  fanout::item_ptr apply(const model::change& x);
  void note_concerned(const fanout::item& x, model::change_kind kind);
  void schedule_flush();
  void flush();
  void deliver_to_world();
  void deliver_to_narrow();
  void keep_records();
  void send_chunk(slot_type slot, const fanout::chunk_ptr& chunk);
  std::uint64_t show(const viewer& to, const fanout::chunk& chunk, const caf::message& as_message, std::uint64_t since);

  // -- who is there and what they want

  void join(protocol::join_request& x);
  void leave(const protocol::leave_order& x);
  void give_memory_back();
  void subscribe(protocol::subscribe_order& x);
  void unsubscribe(protocol::unsubscribe_order& x);
  void heartbeat(protocol::heartbeat_order& x);
  void schedule_beat();
  void beat();
  void send_heartbeat(const viewer& to, std::optional<model::message_id> id);
  void set_interest(slot_type slot, const std::vector<std::string>& channels, const std::optional<model::area>& area);
  void watch_world(slot_type slot);
  /// `channels`, and `area` where it has one.
  model::object interest_of(slot_type slot) const;
  void confirm(const viewer& to, slot_type slot, std::string_view type, const std::optional<model::message_id>& id);
  void show_area_change(slot_type slot, const std::vector<fanout::item_ptr>& visible_before);
  std::vector<fanout::item_ptr> visible_now(slot_type slot);

  // -- resume and snapshots

  bool waits_for_peers(const protocol::join_request& x);
  bool waits_for_peers(catch_up& behind, const protocol::resume_order& x);
  bool is_ahead(const model::position& x) const;
  bool begin_resume(slot_type slot, std::string_view position_text);
  void hold(slot_type slot);
  void release(slot_type slot);
  void release_if(const protocol::release_hold& x);
  void resume(protocol::resume_order& x);
  void give_more(const protocol::replay_more& x);
  void pump(slot_type slot);
  fanout::chunk_ptr next_piece(slot_type slot, catch_up& behind);
  void go_live(slot_type slot);
  void bound_catching_up();
  void bound(slot_type slot, catch_up& behind);
  std::size_t room_for(const catch_up& behind) const;
  void send_snapshot(slot_type slot);
  bool sees_all(slot_type slot) const;
  std::optional<fanout::entry> seen_by(slot_type slot, const fanout::item_ptr& x) const;

  // -- what is wanted of the peers

  using order = std::variant<protocol::join_request, protocol::subscribe_order, protocol::unsubscribe_order,
                             protocol::resume_order>;

  void hear_peers(const protocol::wants_keeper_actor& x);
  void forget(const protocol::forget_origin& x);
  bool parks(const caf::actor_addr& who, const protocol::wants& needs, const order& x);
  void carry_out_parked();
  void ask(const protocol::wants& x);
  void granted(const protocol::wants& x);
  void review_wants();
  protocol::wants watched_by(slot_type slot) const;
  void mark_thin(record& x, const std::optional<model::position::mark>& before) const;

  // -- for operators

  model::object describe() const;
  model::object why(const protocol::why_request& x);
  std::string_view unseen_reason(slot_type slot) const;

  // -- followed messages

  void follow(const model::batch& x, const model::marked_change& marked, const fanout::item_ptr& item);
  std::vector<fanout::followed_item> followed_in(const std::vector<fanout::entry>& entries) const;
  void note_viewers();
  std::vector<fanout::followed_item> take_followed(slot_type slot, const std::vector<fanout::entry>& entries);
  void give_up_followed(slot_type slot, std::string_view reason);

  flow::time_point now() const;
  const fanout::position_text& position_text();

  self_pointer self;
  protocol::edge_options options;
  flow::state_table<fanout::item_ptr> latest;
  flow::interest interest;
  record_stream stream;
  flow::history<place_ptr> history;
  recent_pieces pieces;
  /// Bytes of the stream that no record of the history accounts for yet.
  std::size_t unaccounted_bytes = 0;
  /// Events that two nodes may both tell of.
  flow::recent told;
  /// The origins that other nodes are.
  std::set<std::string, std::less<>> peers;
  /// Who joins with a position that is ahead of this node's, until what is missing here has come.
  struct early_viewer {
    flow::time_point until;
    bool left = false;
  };
  std::unordered_map<caf::actor_addr, early_viewer> early;
  edge::viewers viewers;
  std::size_t most_viewers = 0; ///< since memory was given back
  /// How many changes of characters were taken in.
  std::uint64_t changes = 0;
  /// Up to where everything was taken in; what is in the window was not shown yet.
  model::position position;
  /// Origins that are gone and do not stand in it any more.
  flow::forgotten_origins forgotten;
  /// Until then a viewer that resumes gets a snapshot as well: states came that are in no batch of any history.
  flow::time_point restated_until{};
  /// The same as clients are told it, once somebody was.
  fanout::position_text written_position;
  /// The viewers by when their heartbeats are due.
  struct pulsing {
    slot_type slot;
    std::uint64_t generation;
  };
  flow::pulse<pulsing> pulse;

  /// What peers are asked for. A viewer that wants more waits until they all know.
  struct wanting {
    /// Empty where there are no peers.
    protocol::wants_keeper_actor keeper;
    protocol::wants asked;
    /// What of it they all know.
    std::shared_ptr<const protocol::wants> in_force = std::make_shared<const protocol::wants>();
    std::size_t unanswered = 0;
    /// When all of it was last wanted.
    flow::time_point used{};
    struct parked {
      caf::actor_addr who;
      hub_state::order order;
    };
    std::deque<parked> waiting;
  };
  hub_state::wanting wanting;

  /// What arrived since the last flush.
  struct window {
    struct concern {
      slot_type slot;
      std::uint32_t entry;
      fanout::shape shape;
    };
    std::vector<fanout::entry> entries;
    /// Where each batch ends among them, and with which position.
    std::vector<fanout::boundary> boundaries;
    std::shared_ptr<fanout::trail> way;
    std::vector<record_ptr> records;
    std::vector<concern> concerns;
    /// Those of the entries that are followed.
    std::vector<fanout::followed_item> followed;
    bool flush_scheduled = false;
  };
  hub_state::window window;
  flow::time_point last_flush{};
};

protocol::hub_actor::behavior_type hub(hub_state::self_pointer self, protocol::edge_options options);

} // namespace towncrier::edge
