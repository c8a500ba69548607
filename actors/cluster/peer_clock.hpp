#pragma once

#include "actors/cluster/node_clock.hpp"
#include "flow/clock_offset.hpp"
#include "protocol/links.hpp"

#include <memory>
#include <optional>
#include <string>

namespace towncrier::cluster {

/// What one link knows of its peer's clocks: writes and reads the `link_clock`s of a session, and tells this node's
/// `node_clock` what they measure. Sends nothing by itself.
class peer_clock {
public:
  /// `own` may be nullptr: then nothing is measured.
  peer_clock(std::shared_ptr<node_clock> own, std::string peer) : own_(std::move(own)), peer_(std::move(peer)) {}

  void begin(std::uint64_t session);
  void end();

  /// What to send with a sign of life, if anything is due: often at first, so that it is known soon.
  std::optional<protocol::link_clock> beat(flow::time_point now);

  /// What to send at once.
  std::optional<protocol::link_clock> say(flow::time_point now) const;

  /// The peer says what its clocks say; gives the answer that it needs to measure by, if it needs one.
  std::optional<protocol::link_clock> hear(const protocol::link_clock& x, flow::time_point now);

  void fill(protocol::link_status& x) const;

private:
  std::shared_ptr<node_clock> own_;
  std::string peer_;
  std::uint64_t session_ = 0; ///< 0: there is none
  std::uint64_t beats_ = 0;   ///< in this session
  /// How far the peer's steady clock is ahead of this node's.
  flow::clock_offset offset_;
  std::int64_t peer_sent_ = 0; ///< what its last message said, and when that came; 0: none came in this session
  std::int64_t peer_sent_came_ = 0;
};

} // namespace towncrier::cluster
