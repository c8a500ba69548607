#include "actors/world/character_publisher.hpp"

#include "model/limits.hpp"
#include "model/wall_clock.hpp"
#include "tracing/notes.hpp"

namespace towncrier::world {

namespace {

model::object merged_attributes(const model::object& before, const model::character_input& input) {
  if (!input.attributes)
    return before;
  auto result = input.kind == model::change_kind::update ? model::object{} : before;
  if (result.empty())
    result = *input.attributes;
  else
    for (const auto& [key, x] : *input.attributes)
      model::set(result, key, x);
  std::erase_if(result, [](const auto& member) { return member.second.is_null(); });
  return result;
}

std::optional<model::point> merged_place(const std::optional<model::point>& before,
                                         const std::optional<model::point>& input) {
  if (!input)
    return before;
  return model::is_no_place(*input) ? std::nullopt : input;
}

/// A change that is followed has its version now; one that made no change is held back.
model::trace_ptr note_published(const model::trace_ptr& x, const std::optional<model::change>& change) {
  if (!model::followed(x))
    return nullptr;
  if (!change)
    return tracing::note(x,
                         {.name = "published", .result = tracing::outcome::held, .reason = "the character is paused"});
  return tracing::note(x, {.name = "published", .what = tracing::about_of(*change)});
}

} // namespace

model::character merged(const model::character& before, const model::character_input& input) {
  auto now = before;
  if (input.name)
    now.name = *input.name;
  if (input.state)
    now.state = *input.state;
  if (input.location)
    now.location = *input.location;
  now.place = merged_place(before.place, input.place);
  now.attributes = merged_attributes(before.attributes, input);
  return now;
}

model::character_ptr unknown_character(const model::character_id& id, model::revision rev) {
  return std::make_shared<const model::character>(model::character{id, id.text, {}, {}, {}, {}, rev, 0});
}

model::change character_publisher_state::apply(const model::character_input& input, double now) {
  auto next = merged(*latest, input);
  ++next.rev.version;
  next.timestamp = input.timestamp.value_or(now);
  // Who merges a change into what it knows keeps the place that it does not name: the whole state takes it away.
  const bool loses_place = input.kind == model::change_kind::state_change && latest->place && !next.place;
  model::character_change change{loses_place ? model::change_kind::update : input.kind, nullptr, latest->state,
                                 next.attributes != latest->attributes};
  latest = std::make_shared<const model::character>(std::move(next));
  change.now = latest;
  if (memory)
    *memory = latest;
  return change;
}

std::optional<model::change> character_publisher_state::take(const model::character_input& input, double now) {
  if (!paused)
    return apply(input, now);
  if (input.kind == model::change_kind::removed) {
    paused = false;
    held.reset();
    return apply(input, now);
  }
  auto before = *latest;
  if (held)
    before = merged(before, *held);
  auto after = merged(before, input);
  held = model::character_input{model::change_kind::update,
                                after.id,
                                after.name,
                                after.state,
                                after.location,
                                after.place.value_or(model::no_place),
                                after.attributes,
                                input.timestamp};
  return std::nullopt;
}

std::optional<model::change> character_publisher_state::pause(bool on, double now) {
  paused = on;
  const auto input = std::exchange(held, std::nullopt);
  if (on || !input) {
    if (on)
      held = input;
    return std::nullopt;
  }
  return apply(*input, now);
}

model::object character_publisher_state::describe() const {
  return {{"character", latest->id.text},    {"name", latest->name},       {"state", latest->state},
          {"location", latest->location},    {"epoch", latest->rev.epoch}, {"version", latest->rev.version},
          {"changed_at", latest->timestamp}, {"paused", paused},           {"held_back", held.has_value()}};
}

protocol::character_publisher_actor::behavior_type character_publisher(character_publisher_pointer self,
                                                                       protocol::batcher_actor batcher,
                                                                       protocol::publisher_start start) {
  self->state.batcher = std::move(batcher);
  self->state.latest = std::move(start.latest);
  self->state.memory = std::move(start.memory);
  if (self->state.memory)
    *self->state.memory = self->state.latest;
  self->watch().label(self->state.latest->id.text);
  self->watch().restarted(start.restarts);
  return {
      [self](protocol::character_order& x) {
        auto change = self->state.take(x.input, model::wall_clock());
        auto trace = note_published(x.input.trace, change);
        if (change)
          self->send(self->state.batcher,
                     protocol::outgoing_change{std::move(*change), std::move(x.receipt), std::move(trace)});
      },
      [self](const protocol::pause_order& x) {
        if (auto change = self->state.pause(x.paused, model::wall_clock()))
          self->send(self->state.batcher, protocol::outgoing_change{std::move(*change), {}});
      },
      [self](protocol::stop_atom) { self->quit(); },
  };
}

} // namespace towncrier::world
