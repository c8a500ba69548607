#include "actors/world/event_notifier.hpp"

#include "model/wall_clock.hpp"
#include "tracing/notes.hpp"

namespace towncrier::world {

namespace {

void notify(event_notifier_pointer self, protocol::event_job& job) {
  for (auto& input : job.inputs) {
    model::event x{std::move(input.event_type), std::move(input.data), input.timestamp.value_or(model::wall_clock()),
                   input.key};
    ++self->state.events;
    self->state.last_type = x.event_type;
    self->state.last_at = x.timestamp;
    self->send(self->state.batcher, protocol::outgoing_change{std::make_shared<const model::event>(std::move(x)),
                                                              job.receipt, tracing::note(input.trace, {"published"})});
  }
}

} // namespace

protocol::event_notifier_actor::behavior_type event_notifier(event_notifier_pointer self,
                                                             protocol::batcher_actor batcher) {
  self->state.batcher = std::move(batcher);
  return {
      [self](protocol::event_job& job) { notify(self, job); },
  };
}

} // namespace towncrier::world
