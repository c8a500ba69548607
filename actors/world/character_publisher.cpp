#include "actors/world/character_publisher.hpp"

#include "model/wall_clock.hpp"

namespace towncrier::world {

namespace {

model::object merged_attributes(const model::object& before, const model::character_input& input) {
  if (!input.attributes)
    return before;
  if (input.kind == model::change_kind::update)
    return *input.attributes;
  auto result = before;
  for (const auto& [key, x] : *input.attributes)
    model::set(result, key, x);
  std::erase_if(result, [](const auto& member) { return member.second.is_null(); });
  return result;
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
  if (input.place)
    now.place = input.place;
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
  model::character_change change{input.kind, nullptr, latest->state, next.attributes != latest->attributes};
  latest = std::make_shared<const model::character>(std::move(next));
  change.now = latest;
  return change;
}

protocol::character_publisher_actor::behavior_type character_publisher(character_publisher_pointer self,
                                                                       protocol::batcher_actor batcher,
                                                                       protocol::publisher_start start) {
  self->state.batcher = std::move(batcher);
  self->state.latest = start.last_known ? std::move(start.last_known) : unknown_character(start.id, {start.epoch, 0});
  return {
      [self](protocol::character_order& x) {
        auto change = self->state.apply(x.input, model::wall_clock());
        self->send(self->state.batcher, protocol::outgoing_change{std::move(change), std::move(x.receipt)});
      },
  };
}

} // namespace towncrier::world
