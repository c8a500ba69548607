#include "actors/world/character_directory.hpp"

#include "actors/world/character_publisher.hpp"

namespace towncrier::world {

character_directory_state::character_directory_state(self_pointer ptr) : self(ptr) {}

void character_directory_state::publish(protocol::character_job& job) {
  for (auto& input : job.inputs) {
    // The publisher of a removed character stays: should the character come back, its versions go on.
    auto& publisher = publisher_of(input.id);
    self->send(publisher, protocol::character_order{std::move(input), job.receipt});
  }
}

protocol::character_publisher_actor& character_directory_state::publisher_of(const model::character_id& id) {
  auto& publisher = publishers[id];
  if (!publisher)
    publisher = hosting::spawn_on(self->system(), nullptr, character_publisher, batcher,
                                  protocol::publisher_start{id, epoch, nullptr});
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
