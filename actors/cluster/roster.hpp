#pragma once

#include "etcd/store.hpp"
#include "protocol/cluster.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace towncrier::cluster {

/// What etcd says under the cluster's prefix, and the view that follows from it. Knows no actor and no clock.
///
/// A node that was there before etcd went away and is not afterwards has perhaps just not come back to etcd yet: it
/// stays in the view for one lease time after etcd's return, unless it had announced that it goes.
class roster {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `own` is this node's id: its own key counts only while it is there.
  roster(std::string prefix, std::string own, std::chrono::milliseconds lease);

  std::string key_of(const std::string& id) const { return prefix_ + "/nodes/" + id; }
  std::string town_key() const { return prefix_ + "/town"; }
  /// Where the number for this node's next life is kept.
  std::string life_key() const { return lives() + own_; }
  /// What all keys begin with.
  std::string folder() const { return prefix_ + "/"; }

  /// etcd was read. Gives whether it has lost its memory: its revision is lower than it was.
  bool read(const etcd::snapshot& x, time_point now);

  void apply(const etcd::change& x, time_point now);

  /// etcd cannot be reached: the view stands.
  void lose() noexcept { reachable_ = false; }
  bool reachable() const noexcept { return reachable_; }

  /// Time goes on: lets those go who did not come back.
  void forget(time_point now);

  protocol::cluster_view view() const;

  /// Up to where etcd's changes are known; falls when etcd loses its memory.
  std::uint64_t store_revision() const noexcept { return store_revision_; }

  struct registered {
    protocol::node_info node;
    /// Of the key's last write.
    std::uint64_t revision = 0;
  };
  /// What etcd holds for this node's id; nullptr: nothing that can be read.
  const registered* own() const;
  /// The revision of whatever stands at this node's key; 0: nothing.
  std::uint64_t own_revision() const;

  /// What is kept for this node's next life: a number above all epochs of those before.
  struct kept_life {
    std::uint64_t kept = 0; ///< 0: nothing
    /// Of what stands there, also of what cannot be read.
    std::uint64_t revision = 0;
  };
  const kept_life& life() const noexcept { return life_; }

private:
  std::string lives() const { return prefix_ + "/lives/"; }
  void remember(const std::string& key, const std::string& value, std::uint64_t revision);
  void keep(const std::map<std::string, registered>& before, time_point now);

  std::string prefix_;
  std::string own_;
  std::string own_key_;
  std::chrono::milliseconds lease_;
  std::uint64_t revision_ = 0;
  std::uint64_t store_revision_ = 0;
  bool reachable_ = false;
  bool ever_read_ = false;
  /// By key.
  std::map<std::string, registered> nodes_;
  /// Not in etcd, but not given up yet.
  std::map<std::string, registered> kept_;
  time_point kept_until_{};
  std::optional<std::string> town_;
  std::uint64_t town_revision_ = 0;
  /// Also of a value that is no node.
  std::uint64_t own_revision_ = 0;
  kept_life life_;
};

} // namespace towncrier::cluster
