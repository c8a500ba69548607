#pragma once

#include "flow/cluster_time.hpp"
#include "flow/time.hpp"
#include "protocol/readiness.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace towncrier::cluster {

/// This node's clocks: the time that it goes by with its peers, and how its wall clock stands to theirs. Its links tell
/// what they measure; `now` is the steady clock. From any thread.
class node_clock {
public:
  struct settings {
    /// Wall clocks further apart are something that somebody has to mend.
    std::chrono::milliseconds max_offset{30'000};
    /// Microseconds since the Unix epoch.
    std::function<std::int64_t()> wall;
    /// Is told when the wall clocks are too far apart; may be nullptr.
    std::shared_ptr<protocol::readiness> ready;
  };

  node_clock(settings x, flow::time_point now);

  /// The cluster's time, in milliseconds since the Unix epoch, by the wall clock of the node that was there first.
  std::uint64_t milliseconds(flow::time_point now) const;

  /// Whether that is known; until it is, it is this node's own wall clock.
  bool is_known() const;
  /// There is nobody to hear it from, since there is no other node (`is_first`), or none could be heard.
  void begin(bool is_first);

  /// The cluster's time was that already.
  void raise(std::uint64_t milliseconds, flow::time_point now);

  /// In microseconds: the steady clock, and how far the others are ahead of it.
  struct reading {
    std::int64_t steady = 0;
    std::int64_t wall_ahead = 0;
    std::int64_t cluster_ahead = 0;
    flow::cluster_time::source source = flow::cluster_time::source::own_clock;
  };
  reading read(flow::time_point now) const;

  /// A peer has read its clocks, of which the steady one is `offset` ahead of ours, `error` more or less.
  void heard(const std::string& peer, const reading& x, std::int64_t offset, std::int64_t error, flow::time_point now);

  /// Nothing is heard of the peer any more.
  void lost(const std::string& peer);

  /// So many microseconds the wall clock of the peer is ahead of this node's; empty: not known.
  std::optional<std::int64_t> wall_offset(const std::string& peer) const;

  /// What is wrong with the clocks, as a sentence; empty: nothing.
  std::string complaint() const;

private:
  void judge(std::int64_t wall_ahead, flow::time_point now);

  settings settings_;
  mutable std::mutex mutex_;
  flow::cluster_time time_;
  /// By peer: how far its wall clock is ahead of ours.
  std::map<std::string, std::int64_t> offsets_;
  std::string complaint_;
  bool at_fault_ = false;
  flow::time_point complained_{};
  std::int64_t wall_ahead_ = 0; ///< as it was judged last
  flow::time_point judged_at_{};
};

} // namespace towncrier::cluster
