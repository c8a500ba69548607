#include "actors/edge/admission.hpp"

#include "actors/edge/address_group.hpp"
#include "model/wall_clock.hpp"

namespace towncrier::edge {

admission_state::admission_state(self_pointer ptr) : self(ptr) {}

protocol::admission_result admission_state::enter(const protocol::enter_request& x) {
  if (told)
    return protocol::refused{"the node is stopping: connect to another", std::chrono::seconds{1}};
  if (clients.size() >= options.max_connections)
    return protocol::refused{"all " + std::to_string(options.max_connections) + " connections are in use: try again",
                             std::chrono::seconds{5}};
  std::string group;
  if (options.max_connections_per_address != 0) {
    group = address_group(x.peer);
    auto& there = by_address[group];
    if (there >= options.max_connections_per_address)
      return protocol::refused{"your address has all of its " + std::to_string(there) +
                                   " connections in use: try again",
                               std::chrono::seconds{5}};
    ++there;
  }
  const auto id = ++last_id;
  self->monitor(x.who);
  ids.emplace(x.who.address(), id);
  clients.emplace(id, client{x.who, {id, x.peer, model::wall_clock(), x.via}, std::move(group)});
  return protocol::admitted{id};
}

void admission_state::left(const caf::down_msg& x) {
  const auto at = ids.find(x.source);
  if (at == ids.end())
    return;
  const auto gone = clients.find(at->second);
  if (const auto group = by_address.find(gone->second.group); group != by_address.end() && --group->second == 0)
    by_address.erase(group);
  clients.erase(gone);
  ids.erase(at);
  if (!clients.empty())
    return;
  for (auto& promise : waiting_for_end)
    promise.deliver(true);
  waiting_for_end.clear();
}

void admission_state::review(const protocol::grants_changed& x) const {
  for (const auto& [id, known] : clients)
    self->send(known.who, x);
}

caf::result<bool> admission_state::stop() {
  if (!told) {
    told = 0;
    self->send(self, protocol::tick_atom::value);
  }
  if (clients.empty())
    return true;
  return waiting_for_end.emplace_back(self->make_response_promise<bool>());
}

void admission_state::close_wave() {
  auto at = clients.upper_bound(*told);
  for (std::size_t n = 0; n < options.drain_wave && at != clients.end(); ++n, ++at) {
    self->send(at->second.who, protocol::close_order{protocol::close_code::going_away, "the node is stopping"});
    told = at->first;
  }
  if (at != clients.end())
    self->delayed_send(self, options.drain_interval, protocol::tick_atom::value);
}

protocol::connection_list admission_state::list() const {
  protocol::connection_list result;
  for (const auto& [id, x] : clients)
    result.connections.push_back(x.info);
  return result;
}

protocol::found_connection admission_state::find(const protocol::find_connection& x) const {
  const auto at = clients.find(x.id);
  return {at == clients.end() ? protocol::connection_actor{} : at->second.who};
}

model::object admission_state::describe() const {
  return {{"connections", std::uint64_t{clients.size()}},
          {"max_connections", std::uint64_t{options.max_connections}},
          {"addresses", std::uint64_t{by_address.size()}},
          {"last_id", protocol::to_string(last_id)},
          {"stopping", told.has_value()}};
}

protocol::admission_actor::behavior_type admission(admission_state::self_pointer self, protocol::edge_options options) {
  self->state.options = std::move(options);
  self->set_down_handler([self](caf::down_msg& x) { self->state.left(x); });
  return {
      [self](const protocol::enter_request& x) { return self->state.enter(x); },
      [self](protocol::list_atom) { return self->state.list(); },
      [self](const protocol::find_connection& x) { return self->state.find(x); },
      [self](const protocol::grants_changed& x) { self->state.review(x); },
      [self](protocol::stop_atom) { return self->state.stop(); },
      [self](protocol::tick_atom) { self->state.close_wave(); },
  };
}

} // namespace towncrier::edge
