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
  self->send(publisher_of(id), protocol::character_order{std::move(input), receipt});
  ++orders;
  if (removes) {
    // It lives until it has done what it was told.
    publishers.erase(id);
    orders_at_removal = orders;
  }
}

protocol::character_publisher_actor& character_directory_state::publisher_of(const model::character_id& id) {
  auto& publisher = publishers[id];
  if (!publisher) {
    const auto start = unknown_character(id, {epoch, orders_at_removal});
    publisher = hosting::spawn_on(self->system(), nullptr, character_publisher, batcher,
                                  protocol::publisher_start{id, epoch, start});
  }
  return publisher;
}

protocol::character_directory_actor::behavior_type character_directory(character_directory_state::self_pointer self,
                                                                       protocol::batcher_actor batcher,
                                                                       std::uint64_t epoch) {
  self->state.batcher = std::move(batcher);
  self->state.epoch = epoch;
  return {
      [self](protocol::character_job& job) { self->state.publish(job); },
  };
}

} // namespace towncrier::world
