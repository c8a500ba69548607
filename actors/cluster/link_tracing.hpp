#pragma once

#include "protocol/links.hpp"
#include "tracing/board.hpp"
#include "tracing/span.hpp"

#include <cstdint>
#include <deque>
#include <string>

namespace towncrier::cluster {

/// Notes what becomes of followed messages on one link: sent, late, left out, arrived. Costs next to nothing while
/// nobody follows anything.
class link_tracing {
public:
  /// Why the peer is not sent a batch at once.
  enum class delay : std::uint8_t {
    no_link,     ///< there is no session
    not_watched, ///< it concerns no viewer of the peer
    window_full, ///< the peer has not acknowledged what it was sent before
  };

  link_tracing(std::string own_node, std::string peer, tracing::board_ptr board)
      : own_node_(std::move(own_node)), peer_(std::move(peer)), board_(std::move(board)) {}

  /// A batch of this node that is not sent at once.
  void delayed(const model::batch& x, delay why);

  /// A parcel that is sent.
  void sent(const protocol::load& x);

  /// A batch of the peer. Gives what this node's actors are to have of it: with marks of this node.
  model::batch_ptr arrived(model::batch x, protocol::parcel_kind kind) const;

private:
  /// A followed message that was delayed.
  struct late_message {
    std::uint64_t sequence = 0; ///< of its batch
    model::trace_ptr mark;
    std::int64_t since = 0;
  };

  void note_sent(const model::batch& x);
  void note_conflated(std::uint64_t upto);
  void forget_late(std::uint64_t upto);

  std::string own_node_;
  std::string peer_;
  tracing::board_ptr board_;
  std::deque<late_message> late_;
};

} // namespace towncrier::cluster
