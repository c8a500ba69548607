#pragma once

#include "hosting/terminator.hpp"
#include "model/result.hpp"
#include "protocol/options.hpp"

#include <cstdint>
#include <memory>

namespace towncrier::node {

/// One node: its actors, its I/O threads, its listeners, begun and ended in order.
class node {
public:
  /// Starts everything. The error says what could not be had: an address in use, a file that cannot be read. The number
  /// of its life is above `above`.
  static model::result<std::unique_ptr<node>> start(const protocol::options& options, std::uint64_t above = 0);

  /// Stops, where `stop` was not called. Waits for actors that are stuck for as long as that takes.
  ~node();

  /// Stops in order: no new clients, everybody is told to go (1001) in waves, then the actors end, stage by stage
  /// (`shutdown_order.hpp`). What went wrong is logged and given back. Where actors are stuck, the process can only be
  /// ended from outside, or by `_Exit`.
  const hosting::termination& stop();

  /// The ports that are really bound; 0: none.
  std::uint16_t edge_port() const noexcept;
  std::uint16_t admin_port() const noexcept;

  /// The id that was given or found.
  const std::string& id() const noexcept;

  /// A number that others know of an earlier life of this node, not below that of this life: it has to begin another.
  /// SIGUSR1 comes with it. 0: there is none.
  std::uint64_t outlived_by() const noexcept;

  /// Has tokens, keys and certificates read again; does not wait for it.
  void reload();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

private:
  struct impl;
  explicit node(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

/// Runs a node until SIGTERM or SIGINT; SIGHUP reloads. Gives the program's exit code.
int run_node(const protocol::options& options);

} // namespace towncrier::node
