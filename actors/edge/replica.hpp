#pragma once

#include "actors/edge/recent_pieces.hpp"
#include "actors/edge/record_stream.hpp"
#include "actors/edge/visibility.hpp"
#include "fanout/trail.hpp"
#include "flow/forgotten_origins.hpp"
#include "flow/history.hpp"
#include "flow/recent.hpp"
#include "flow/time.hpp"
#include "model/batch.hpp"
#include "protocol/links.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::edge {

/// One hub's copy of what all nodes say: the latest state of every character, and the recent history, out of which a
/// viewer that comes back is given what it missed. No actor and no clock, so that it can be tested as it is.
///
/// A batch is taken in in two steps. `take_in` counts at once for the latest states and the position; its record is
/// pending until `keep` puts it into the stream and the history, when the viewers that are live have been shown it. So
/// the stream holds exactly what live viewers were shown, and a viewer that is caught up from it and then goes live
/// neither misses a batch nor is shown one twice.
class replica {
public:
  explicit replica(flow::history_options limits) : limits_(limits), history_(limits) {}

  // -- batches in

  /// Where a batch belongs in the stream; empty when it was taken in already. An objection (states of former owners,
  /// above what is known) is no batch of its sender's: its sequence is 0, which takes the position no further.
  std::optional<model::origin_position> stamp_of(const model::batch& x, protocol::parcel_kind kind) const;

  /// Takes in a batch to which `stamp_of` gave `stamp`. Calls `each(change, item)` for each change, in order; `item` is
  /// nullptr for a change that is left out, because a later state or the same event came before it. `in_force` is
  /// what all peers know that this node wants of them. A batch of kind `thin` was thinned out by it.
  template <class Each>
  void take_in(const model::batch& x, model::origin_position stamp, protocol::parcel_kind kind,
               const wants_ptr& in_force, flow::time_point now, Each each) {
    auto kept = begin_record(x, std::move(stamp), kind, in_force);
    for (const auto& change : x.changes) {
      auto item = apply(change);
      each(change, item);
      if (item)
        kept->items.push_back(std::move(item));
    }
    end_record(std::move(kept), kind, now);
  }

  /// Puts what is pending into the stream and the history: the live viewers were shown it.
  void keep(flow::time_point now);

  /// Whether something was taken in that `keep` has not put into the stream yet.
  bool has_pending() const noexcept { return !pending_.empty(); }

  // -- what it knows

  const latest_states& latest() const noexcept { return latest_; }

  /// How many changes of characters were taken in: the number of the last item.
  std::uint64_t changes() const noexcept { return changes_; }

  /// Up to where everything was taken in.
  const model::position& position() const noexcept { return position_; }

  /// The same as clients are told it.
  const fanout::position_text& position_text();

  /// What live viewers were shown, for those that are being caught up.
  const record_stream& stream() const noexcept { return stream_; }

  /// What several viewers that are caught up from the same place share.
  recent_pieces& pieces() noexcept { return pieces_; }

  // -- who comes back

  /// Where a viewer that comes back goes on.
  struct start {
    /// Its position as positions are written here now.
    model::position from;
    /// The first of the stream that it may have missed.
    place_ptr next;
  };

  /// Where a viewer at `x` that watches `watched` goes on; empty when it cannot be given exactly what it missed: it was
  /// evicted, or never came, or was conflated on its way here. Precondition: nothing is pending.
  std::optional<start> missed_since(const model::position& x, const protocol::wants& watched) const;

  /// Whether a viewer that resumes needs a snapshot as well, as states came that are in no batch of any history.
  bool was_restated(flow::time_point now) const noexcept { return now < restated_until_; }

  // -- the other nodes

  /// `origin` is another node.
  void note_peer(const std::string& origin) { peers_.insert(origin); }

  /// Whether who is at `x` has heard something of a peer that has not come here yet.
  bool is_ahead(const model::position& x) const;

  /// The same of a position as its client sent it, which may be none.
  bool is_ahead(std::string_view position_text) const;

  /// `origin` does not come back: positions do not name it any more.
  void forget(const std::string& origin);

  std::size_t forgotten_origins() const noexcept { return forgotten_.size(); }

  // -- bounds

  /// Lets go of what is older than it may be.
  void evict(flow::time_point now);

  /// What the history counts, in estimated bytes: never more than `history_options::max_bytes`.
  std::size_t history_bytes() const noexcept { return history_.bytes(); }

private:
  std::shared_ptr<record> begin_record(const model::batch& x, model::origin_position stamp, protocol::parcel_kind kind,
                                       const wants_ptr& in_force);
  fanout::item_ptr apply(const model::change& x);
  void end_record(std::shared_ptr<record> x, protocol::parcel_kind kind, flow::time_point now);

  flow::history_options limits_;
  latest_states latest_;
  std::uint64_t changes_ = 0;
  /// The keys of events that several nodes may tell of.
  flow::recent event_keys_;
  model::position position_;
  /// nullptr: it was not asked for since `position_` changed.
  fanout::position_text written_position_;

  std::vector<record_ptr> pending_;
  record_stream stream_;
  flow::history<place_ptr> history_;
  recent_pieces pieces_;
  /// Bytes of the stream that no record of the history accounts for yet.
  std::size_t unaccounted_bytes_ = 0;
  flow::time_point restated_until_{};

  std::set<std::string, std::less<>> peers_;
  /// Origins that are gone and that `position_` does not name any more.
  flow::forgotten_origins forgotten_;
};

} // namespace towncrier::edge
