#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the nodes of a cluster know of each other: the control plane's words.
namespace towncrier::protocol {

/// A time that does not come. JSON numbers hold it.
inline constexpr std::uint64_t never = (std::uint64_t{1} << 53) - 1;

/// One life of a node, as it tells the others.
struct node_info {
  std::string id;
  /// Tells this life from earlier ones of the same id, which have lower ones.
  std::uint64_t incarnation = 0;
  /// `world`, `edge` or both.
  std::vector<std::string> roles;
  /// Where peers connect, `host:port`; empty: nowhere.
  std::string link;
  /// Where clients connect, `ws://...` or `wss://...`; empty: nowhere.
  std::string edge;
  /// Where operators look, `http://...`; empty: nowhere.
  std::string admin;
  /// The version of what nodes say to each other.
  std::uint32_t protocol = 1;
  /// When it owns characters: from, until (not included), in milliseconds of the cluster's time; 0: open on that side.
  std::uint64_t active_from = 0;
  std::uint64_t active_until = 0;

  friend bool operator==(const node_info&, const node_info&) = default;
};

/// The nodes that live, as etcd has them.
struct cluster_view {
  /// The revision of etcd that this is the state of. Never falls. A greater one is later, on whichever node; two nodes
  /// may give the same view under different numbers.
  std::uint64_t revision = 0;
  /// Sorted by id; with this node as soon as, and as long as, etcd has it.
  std::vector<node_info> nodes;
  /// What the world nodes share of the town's clock: JSON that only they understand.
  std::optional<std::string> town;
  /// The revision at which `town` was written last; 0 when there is none.
  std::uint64_t town_revision = 0;
  /// False: this is the last view before etcd went away, and it stands.
  bool store_reachable = false;

  friend bool operator==(const cluster_view&, const cluster_view&) = default;
};

/// How this node gets on with etcd, for operators.
struct membership_status {
  bool reachable = false;
  /// Whether etcd holds this node as it is now.
  bool registered = false;
  /// Requests that etcd did not answer, or refused.
  std::uint64_t failures = 0;
  /// Times that this node's key was lost and written again.
  std::uint64_t registrations = 0;
  std::uint64_t nodes = 0;
  std::uint64_t revision = 0;
};

/// This node is going, in two steps.
struct leave_request {
  enum class step : std::uint8_t {
    /// Tell the others that it owns nothing from `activation_delay` from now on.
    announce,
    /// Be gone from the view.
    deregister,
  };
  step what = step::announce;
};

/// Writes the town's record if it is still what the writer read.
struct town_update {
  std::string value;
  /// The `town_revision` that it replaces; nullopt: only if there is no record.
  std::optional<std::uint64_t> expected_revision;
};

struct town_update_result {
  /// Whether it was written.
  bool done = false;
  /// The record as it is now and its revision; empty and 0 when there is none or it is not known.
  std::string current;
  std::uint64_t revision = 0;
  /// Why etcd gave no answer; empty when it did. The record may have been written all the same: read before trying
  /// again.
  std::string error;
};

} // namespace towncrier::protocol
