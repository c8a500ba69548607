#pragma once

#include "flow/batch_window.hpp"
#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"

namespace towncrier::world {

/// Collects changes into batches, at most one in `max_wait` unless they are full, and stamps each with its position:
/// this node, its life, a sequence from 1.
struct batcher_state {
  static inline const char* name = "batcher";
  using self_pointer = hosting::pointer<protocol::batcher_actor, batcher_state>;

  explicit batcher_state(self_pointer self);

  void add(protocol::outgoing_change& x);
  void due(std::uint64_t number);
  void flush();
  model::object describe() const;

  self_pointer self;
  protocol::exchange_actor exchange;
  /// Of the batch being filled; its sequence is that of the last one sent.
  model::origin_position stamp;
  flow::batch_window<model::change> window;
  std::vector<protocol::receipt_ptr> receipts;
  /// Of the batch being filled.
  std::vector<model::marked_change> followed;
  /// What the changes of the batch hold, estimated.
  std::size_t bytes = 0;
};

/// Sends its batches to `exchange` as those of node `origin` in its life `incarnation`.
protocol::batcher_actor::behavior_type batcher(batcher_state::self_pointer self, protocol::exchange_actor exchange,
                                               std::string origin, std::uint64_t incarnation,
                                               protocol::batcher_options options);

} // namespace towncrier::world
