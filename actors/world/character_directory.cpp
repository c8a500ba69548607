#include "actors/world/character_directory.hpp"

#include "actors/world/character_publisher.hpp"

namespace towncrier::world {

character_directory_state::character_directory_state(self_pointer ptr) : self(ptr) {}

void character_directory_state::publish(protocol::character_job& job) {
  for (auto& input : job.inputs)
    order(std::move(input), job.receipt);
}

void character_directory_state::order(model::character_input&& input, const protocol::receipt_ptr& receipt) {
  const auto id = input.id;
  const auto removes = input.kind == model::change_kind::removed;
  auto& publisher = publisher_of(id);
  protocol::character_order order{std::move(input), receipt};
  if (publisher.restarting)
    publisher.held.push_back(std::move(order));
  else
    self->send(publisher.actor, std::move(order));
  ++orders;
  if (removes && !publisher.restarting) {
    // It lives until it has done what it was told.
    forget(id);
  }
}

character_directory_state::entry& character_directory_state::publisher_of(const model::character_id& id) {
  auto& publisher = publishers[id];
  if (!publisher.actor)
    begin(id, publisher, unknown_character(id, {epoch, orders_at_removal}));
  return publisher;
}

character_directory_state::entry& character_directory_state::begin(const model::character_id& id, entry& where,
                                                                   model::character_ptr start) {
  if (!where.memory)
    where.memory = std::make_shared<model::character_ptr>();
  where.actor = hosting::spawn_on(self->system(), nullptr, character_publisher, batcher,
                                  protocol::publisher_start{id, epoch, std::move(start), where.memory, where.restarts});
  ids.emplace(where.actor.address(), id);
  self->monitor(where.actor);
  return where;
}

protocol::inspect_answer character_directory_state::act(const protocol::character_act& x) {
  const auto at = publishers.find(x.id);
  if (at == publishers.end())
    return {model::object{{"ok", false}, {"error", "no character '" + x.id.text + "' is published here"}}};
  auto& publisher = at->second;
  if (x.what != "restart") {
    self->send(publisher.actor, protocol::pause_order{x.what == "pause"});
  } else if (!std::exchange(publisher.restarting, true)) {
    // After everything it was told; what comes meanwhile waits here.
    self->send(publisher.actor, protocol::stop_atom::value);
  }
  return {model::object{{"ok", true}, {"character", x.id.text}}};
}

void character_directory_state::ended(const caf::down_msg& x) {
  const auto named = ids.find(x.source);
  if (named == ids.end())
    return;
  const auto id = named->second;
  ids.erase(named);
  auto& publisher = publishers[id];
  publisher.restarting = false;
  ++publisher.restarts;
  begin(id, publisher, *publisher.memory ? *publisher.memory : unknown_character(id, {epoch, orders}));
  auto removed = false;
  for (auto& order : std::exchange(publisher.held, {})) {
    removed = order.input.kind == model::change_kind::removed;
    self->send(publisher.actor, std::move(order));
  }
  if (removed)
    forget(id);
}

void character_directory_state::forget(const model::character_id& id) {
  const auto at = publishers.find(id);
  ids.erase(at->second.actor.address());
  publishers.erase(at);
  orders_at_removal = orders;
}

model::object character_directory_state::describe() const {
  return {{"characters", std::uint64_t{publishers.size()}}, {"orders", orders}, {"epoch", epoch}};
}

protocol::character_directory_actor::behavior_type character_directory(character_directory_state::self_pointer self,
                                                                       protocol::batcher_actor batcher,
                                                                       std::uint64_t epoch) {
  self->state.batcher = std::move(batcher);
  self->state.epoch = epoch;
  self->set_down_handler([self](caf::down_msg& x) { self->state.ended(x); });
  return {
      [self](protocol::character_job& job) { self->state.publish(job); },
      [self](const protocol::character_act& x) { return self->state.act(x); },
  };
}

} // namespace towncrier::world
