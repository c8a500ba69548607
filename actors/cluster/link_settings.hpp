#pragma once

#include "actors/cluster/node_clock.hpp"
#include "flow/backoff.hpp"
#include "flow/circuit_breaker.hpp"
#include "protocol/interfaces.hpp"
#include "tracing/board.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace towncrier::cluster {

/// What a link has to know of its own node.
struct link_settings {
  /// The cluster's name; nodes of another are refused.
  std::string cluster;
  std::string node;
  std::uint64_t incarnation = 0;
  /// How many bytes may be on their way to the peer without being acknowledged.
  std::size_t window_bytes = 4 * 1024 * 1024;
  /// How often the peer is given a sign of life, and how long it may be silent.
  std::chrono::milliseconds heartbeat{200};
  std::chrono::milliseconds timeout{1000};
  /// How long dialling and greeting may take.
  std::chrono::milliseconds patience{3000};
  /// How long a publisher's receipt may wait for the peer to have what the publisher said.
  std::chrono::milliseconds receipt_patience{1000};
  /// How long batches that concern no viewer of the peer are put off before it is given the latest states instead.
  std::chrono::milliseconds thin_interval{1000};
  flow::backoff::options retry{std::chrono::milliseconds{100}, std::chrono::seconds{2}};
  flow::circuit_breaker::options breaker{};
  /// Of the waits between attempts to dial, and of the names of sessions.
  std::uint64_t seed = 0;
  /// This node's clocks, told of the peer's; nullptr: nobody asks.
  std::shared_ptr<node_clock> clock;
  protocol::dialer_actor dialer;
  /// Called when the peer has heard a life of this node whose number, `by`, is above that of this one.
  std::function<void(std::uint64_t by)> outlived;
  /// Answers what inspectors of other nodes ask; may be empty.
  caf::actor answerer;
  /// What is followed on this node; nullptr: nothing ever is.
  tracing::board_ptr traces{};
};

} // namespace towncrier::cluster
