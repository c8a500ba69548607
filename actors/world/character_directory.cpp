#include "actors/world/character_directory.hpp"

#include "actors/world/character_publisher.hpp"
#include "model/limits.hpp"
#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::world {

character_directory_state::character_directory_state(self_pointer ptr) : self(ptr) {}

void character_directory_state::publish(protocol::character_job& job) {
  jobs.push_back(std::move(job));
  go_on();
}

void character_directory_state::go_on() {
  while (!looking_up && !jobs.empty()) {
    if (look_up_missing(jobs.front()))
      return;
    carry_out(jobs.front());
    jobs.pop_front();
    known.clear();
  }
}

/// Asks for the characters of the job that nothing is known of; false when there is none.
bool character_directory_state::look_up_missing(const protocol::character_job& job) {
  protocol::lookup_request request;
  for (const auto& input : job.inputs)
    if (!publishers.contains(input.id) && !known.contains(input.id))
      request.ids.push_back(input.id);
  if (request.ids.empty())
    return false;
  looking_up = true;
  auto asked = request.ids;
  self->request(exchange, caf::infinite, std::move(request))
      .then([this, asked](const protocol::lookup_answer& x) { found(asked, x); },
            [this, asked](const caf::error&) {
              found(asked, {std::vector<protocol::lookup_answer::entry>(asked.size())});
            });
  return true;
}

void character_directory_state::found(const std::vector<model::character_id>& asked, const protocol::lookup_answer& x) {
  looking_up = false;
  for (std::size_t i = 0; i < asked.size() && i < x.entries.size(); ++i)
    known.emplace(asked[i], x.entries[i]);
  go_on();
}

void character_directory_state::carry_out(protocol::character_job& job) {
  for (auto& input : job.inputs) {
    const auto id = input.id;
    const auto removes = input.kind == model::change_kind::removed;
    auto& publisher = publisher_of(id);
    const auto epoch = publisher.epoch;
    const auto stays = !removes || publisher.restarting;
    input.trace = tracing::note(input.trace, {"directed"});
    order(publisher, protocol::character_order{std::move(input), job.receipt});
    if (stays)
      continue;
    // It lives until it has done what it was told; should the character come back at once, it is above that.
    known[id] = {{epoch, 0, {}}, nullptr};
    forget(id);
  }
}

void character_directory_state::order(owned& publisher, protocol::character_order x) {
  if (publisher.restarting)
    publisher.held.push_back(std::move(x));
  else
    self->send(publisher.actor, std::move(x));
}

character_directory_state::owned& character_directory_state::publisher_of(const model::character_id& id) {
  auto& mine = publishers[id];
  if (mine.actor)
    return mine;
  const auto& before = known[id];
  mine.epoch = settings.life->give(before.rev.epoch, self->clock().now());
  auto start = before.latest ? *before.latest : *unknown_character(id, {});
  start.rev = {mine.epoch, 0, settings.node};
  begin(mine, std::make_shared<const model::character>(std::move(start)));
  return mine;
}

void character_directory_state::begin(owned& where, model::character_ptr latest) {
  if (!where.memory)
    where.memory = std::make_shared<model::character_ptr>();
  const auto id = latest->id;
  where.actor = hosting::spawn_on(self->system(), nullptr, character_publisher, batcher,
                                  protocol::publisher_start{std::move(latest), where.memory, where.restarts});
  ids.emplace(where.actor.address(), id);
  self->monitor(where.actor);
}

void character_directory_state::forget(const model::character_id& id) {
  const auto at = publishers.find(id);
  ids.erase(at->second.actor.address());
  publishers.erase(at);
}

void character_directory_state::overtaken(const protocol::overtaken& x) {
  protocol::character_job again;
  for (const auto& one : x.characters) {
    const auto at = publishers.find(one.id);
    if (at == publishers.end() || at->second.epoch > one.by.epoch)
      continue;
    forget(one.id);
    if (one.own)
      again.inputs.push_back({model::change_kind::update, one.id, one.own->name, one.own->state, one.own->location,
                              one.own->place.value_or(model::no_place), one.own->attributes, one.own->timestamp});
  }
  if (!again.inputs.empty())
    publish(again);
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
  begin(publisher, *publisher.memory
                       ? *publisher.memory
                       : unknown_character(id, {settings.life->give(0, self->clock().now()), 0, settings.node}));
  auto removed = false;
  for (auto& held : std::exchange(publisher.held, {})) {
    removed = held.input.kind == model::change_kind::removed;
    self->send(publisher.actor, std::move(held));
  }
  if (removed)
    forget(id);
}

model::object character_directory_state::describe() const {
  return {{"characters", std::uint64_t{publishers.size()}},
          {"epoch", settings.life->least(self->clock().now())},
          {"jobs_waiting", std::uint64_t{jobs.size()}},
          {"looking_up", looking_up}};
}

protocol::character_directory_actor::behavior_type character_directory(character_directory_state::self_pointer self,
                                                                       protocol::batcher_actor batcher,
                                                                       protocol::exchange_actor exchange,
                                                                       directory_settings settings) {
  auto& state = self->state;
  state.batcher = std::move(batcher);
  state.exchange = std::move(exchange);
  state.settings = std::move(settings);
  self->set_down_handler([self](caf::down_msg& x) { self->state.ended(x); });
  self->send(state.exchange, protocol::character_directory_actor{self});
  return {
      [self](protocol::character_job& job) { self->state.publish(job); },
      [self](const protocol::overtaken& x) { self->state.overtaken(x); },
      [self](const protocol::character_act& x) { return self->state.act(x); },
  };
}

} // namespace towncrier::world
