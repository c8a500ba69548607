#include "actors/ops/debugger.hpp"

#include "protocol/replies.hpp"

namespace towncrier::ops {

debugger_state::debugger_state(self_pointer ptr) : self(ptr) {}

void debugger_state::record(protocol::debug_record& x) {
  const protocol::answer shown{"debug",
                               {{"direction", x.inbound ? "in" : "out"},
                                {"connection_id", protocol::to_string(x.connection)},
                                {"message", x.message},
                                {"timestamp", x.timestamp}},
                               {}};
  for (const auto& [address, who] : watchers)
    self->send(who, shown);
  records.push_back(std::move(x));
  if (records.size() > options.max_records)
    records.pop_front();
}

void debugger_state::command(const protocol::command_order& x) {
  const auto* wanted = model::find(x.args, "enabled");
  if (wanted != nullptr && wanted->get_if<bool>() == nullptr)
    return refuse(self, x, "command 'debug': 'enabled' must be true or false");
  if (wanted == nullptr || *wanted->get_if<bool>())
    add_watcher(x.origin.from.viewer);
  else
    remove_watcher(x.origin.from.viewer.address());
  reply(self, x, {{"enabled", watchers.contains(x.origin.from.viewer.address())}});
}

void debugger_state::add_watcher(const protocol::connection_actor& who) {
  if (watchers.emplace(who.address(), who).second)
    self->monitor(who);
  update_switch();
}

void debugger_state::remove_watcher(const caf::actor_addr& who) {
  watchers.erase(who);
  update_switch();
}

void debugger_state::update_switch() { on->store(options.enabled || !watchers.empty(), std::memory_order_relaxed); }

protocol::debugger_actor::behavior_type debugger(debugger_state::self_pointer self, protocol::debugger_options options,
                                                 protocol::debug_switch on) {
  self->state.options = options;
  self->state.on = std::move(on);
  self->state.update_switch();
  self->set_down_handler([self](caf::down_msg& x) { self->state.remove_watcher(x.source); });
  return {
      [self](protocol::debug_record& x) { self->state.record(x); },
      [self](const protocol::command_order& x) { self->state.command(x); },
      [self](protocol::list_atom) {
        return protocol::debug_log{{self->state.records.begin(), self->state.records.end()}};
      },
  };
}

} // namespace towncrier::ops
