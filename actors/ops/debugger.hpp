#pragma once

#include "hosting/actor.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"
#include "protocol/traffic.hpp"

#include <deque>
#include <unordered_map>

namespace towncrier::ops {

/// Keeps the last messages that passed the connections, and shows them to operators who asked. Connections only
/// send here while the switch is on.
struct debugger_state {
  static inline const char* name = "debugger";
  using self_pointer = hosting::pointer<protocol::debugger_actor, debugger_state>;

  explicit debugger_state(self_pointer self);

  void record(protocol::debug_record& x);
  void command(const protocol::command_order& x);
  void add_watcher(const protocol::connection_actor& who);
  void remove_watcher(const caf::actor_addr& who);
  void update_switch();
  model::object describe() const {
    return {{"records", std::uint64_t{records.size()}}, {"watchers", std::uint64_t{watchers.size()}}};
  }

  self_pointer self;
  protocol::debugger_options options;
  protocol::debug_switch on;
  std::deque<protocol::debug_record> records;
  std::unordered_map<caf::actor_addr, protocol::connection_actor> watchers;
};

protocol::debugger_actor::behavior_type debugger(debugger_state::self_pointer self, protocol::debugger_options options,
                                                 protocol::debug_switch on);

} // namespace towncrier::ops
