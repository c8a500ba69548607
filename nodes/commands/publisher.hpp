#pragma once

#include "nodes/commands/movement.hpp"
#include "nodes/commands/node_client.hpp"
#include "nodes/commands/progress.hpp"
#include "nodes/commands/retry.hpp"
#include "nodes/commands/send_window.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace towncrier::commands {

struct publish_settings {
  client_settings client;
  std::string file;
  /// Recorded seconds a second; 0: as fast as the node takes it.
  double speed = 1;
  /// Whether vehicles that are not recorded any more leave.
  bool remove = false;
  /// Batches under way at a time.
  std::size_t window = 32;
};

/// One life of a node.
struct node_life {
  std::string node;
  std::uint64_t incarnation = 0;
};

/// Plays a recording to a node as an external simulation would, over as many connections as it takes. Everything is
/// said at least once and in order; a node that lost what it knew is told the last state of everybody first.
class publisher {
public:
  publisher(const publish_settings& settings, recording source);

  /// Gives the exit code, after a summary on stdout.
  int run();

private:
  using clock = std::chrono::steady_clock;

  void play();
  void fill();
  bool due() const;
  void send_waiting();
  void receive();
  std::chrono::milliseconds patience() const;

  void take(const node_message& x);
  void settle(std::int64_t id, bool taken);
  void refused(const model::value& error, std::optional<std::int64_t> id);
  void count_error(const model::value& error);

  using connect_function = attempt(const client_settings&, edge_list&, const std::vector<query_field>&);
  bool connect(connect_function* how);
  void begin();
  void reconnect(const ws::client_closed& why);

  void stop(std::string why);
  int summarise(clock::time_point start) const;

  publish_settings settings_;
  edge_list edges_;
  recording source_;
  movement movement_;
  send_window window_;
  last_states acknowledged_;
  progress_display progress_;
  retry retry_;

  std::unique_ptr<node_client> client_;
  /// Why the last attempt to connect failed, and whether another may do better.
  std::string connect_error_;
  bool may_return_ = true;
  /// The node and its life that we told everything so far.
  std::optional<node_life> life_;
  std::size_t batch_messages_ = 0;
  std::size_t batch_bytes_ = 0;
  clock::time_point quiet_until_{};

  /// Read and not yet due.
  std::optional<movement_step> step_;
  bool at_end_ = false;
  std::optional<double> first_t_;
  clock::time_point start_{};

  std::size_t messages_ = 0;
  std::size_t errors_ = 0;
  std::size_t reconnections_ = 0;
  /// Why it cannot go on.
  std::string fault_;
};

} // namespace towncrier::commands
