#pragma once

#include "actors/cluster/ownership.hpp"
#include "flow/send_log.hpp"
#include "protocol/links.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace towncrier::cluster {

/// The batches of this node, encoded once for all peers, and kept for those that miss some. Knows no actor and no
/// clock.
class parcel_log {
public:
  struct options {
    std::string node;
    std::uint64_t incarnation = 0;
    std::size_t max_bytes = 64 * 1024 * 1024;
    flow::duration max_age = std::chrono::minutes{2};
    /// What a peer missed comes conflated where it is more than this.
    std::size_t window_bytes = 4 * 1024 * 1024;
  };

  explicit parcel_log(options x) : options_(std::move(x)), said_({options_.max_bytes, options_.max_age}) {}

  /// Keeps the next batch. `before`: see `ownership::take_own`.
  protocol::parcel_ptr append(model::batch_ptr x, std::vector<model::character_ptr> before, flow::time_point now);

  /// Drops what is too old.
  void evict(flow::time_point now) { said_.evict(now); }

  /// What a peer has missed: as it was, where the log has all of it and it is not too much; conflated otherwise. The
  /// latest states come from `characters`.
  protocol::log_answer missed(const protocol::log_request& x, const ownership& characters) const;

  /// Changes that are no batch of this node, such as objections, stand behind the last one.
  model::origin_position stamp() const { return stamp_at(said_.last()); }

  std::uint64_t last() const noexcept { return said_.last(); }
  std::size_t bytes() const noexcept { return said_.bytes(); }

private:
  model::origin_position stamp_at(std::uint64_t sequence) const {
    return {options_.node, options_.incarnation, sequence};
  }
  protocol::log_answer as_it_was(std::uint64_t after, std::size_t max_bytes) const;
  protocol::log_answer conflated(const protocol::log_request& x, const ownership& characters, std::uint64_t upto,
                                 protocol::parcel_kind kind) const;

  options options_;
  flow::send_log<protocol::parcel_ptr> said_;
};

} // namespace towncrier::cluster
