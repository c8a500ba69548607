#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/traffic.hpp"

namespace towncrier::ops {

/// Sums up what every I/O thread counts.
struct connection_monitor_state {
  static inline const char* name = "connection_monitor";
  using self_pointer = hosting::pointer<protocol::connection_monitor_actor, connection_monitor_state>;

  explicit connection_monitor_state(self_pointer self);

  protocol::metrics_page page() const;
  void command(const protocol::command_order& x);
  model::object describe() const;

  self_pointer self;
  std::string node;
  protocol::traffic_list threads;
};

protocol::connection_monitor_actor::behavior_type connection_monitor(connection_monitor_state::self_pointer self,
                                                                     std::string node, protocol::traffic_list threads);

} // namespace towncrier::ops
