#include "actors/world/batcher.hpp"

#include "tracing/notes.hpp"

namespace towncrier::world {

namespace {

/// A client resumes after whole batches, so a batch must not be larger than a message should be.
constexpr std::size_t max_bytes = 64 * 1024;

} // namespace

batcher_state::batcher_state(self_pointer ptr) : self(ptr), window({}) {}

void batcher_state::add(protocol::outgoing_change& x) {
  // A publisher's messages come one after another with the same receipt: keep it once.
  if (x.receipt && (receipts.empty() || receipts.back() != x.receipt))
    receipts.push_back(std::move(x.receipt));
  const auto first = window.empty();
  bytes += model::estimated_size(x.change);
  if (auto mark = tracing::note(x.trace, {"batched"}))
    followed.push_back({static_cast<std::uint32_t>(window.size()), std::move(mark)});
  const auto now = self->clock().now();
  if (window.add(std::move(x.change), now) || bytes >= max_bytes)
    return flush();
  if (!first)
    return;
  if (const auto wait = *window.due() - now; wait.count() > 0)
    self->delayed_send(self, wait, protocol::due_atom::value, stamp.sequence);
  else
    self->send(self, protocol::due_atom::value, stamp.sequence); // after what is in the mailbox already
}

void batcher_state::due(std::uint64_t number) {
  // A batch that was full before its time has left; the timer then belongs to nobody.
  if (number == stamp.sequence && !window.empty())
    flush();
}

void batcher_state::flush() {
  ++stamp.sequence;
  bytes = 0;
  for (auto& [change, mark] : followed)
    mark = tracing::note_again(mark);
  auto batch = std::make_shared<const model::batch>(
      model::batch{stamp, window.take(self->clock().now()), std::exchange(followed, {})});
  self->send(exchange, protocol::outgoing_batch{std::move(batch), std::exchange(receipts, {})});
}

model::object batcher_state::describe() const {
  return {
      {"origin", stamp.origin},
      {"sequence", stamp.sequence},
      {"filling", !window.empty()},
      {"bytes", std::uint64_t{bytes}},
      {"max_wait_ms", std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(window.max_wait()).count()}},
      {"receipts", std::uint64_t{receipts.size()}}};
}

protocol::batcher_actor::behavior_type batcher(batcher_state::self_pointer self, protocol::exchange_actor exchange,
                                               std::string origin, std::uint64_t incarnation,
                                               protocol::batcher_options options) {
  auto& state = self->state;
  state.exchange = std::move(exchange);
  state.stamp = {std::move(origin), incarnation, 0};
  state.window = flow::batch_window<model::change>{{options.max_size, options.max_wait}};
  return {
      [self](protocol::outgoing_change& x) { self->state.add(x); },
      [self](protocol::due_atom, std::uint64_t number) { self->state.due(number); },
  };
}

} // namespace towncrier::world
