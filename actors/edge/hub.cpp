#include "actors/edge/hub.hpp"

#include "actors/edge/hub_tracing.hpp"
#include "tracing/notes.hpp"

namespace towncrier::edge {

hub_state::hub_state(self_pointer ptr)
    : self(ptr), replica(flow::history_options{}), window([this](gathered& x) { show(x); }), fan_out(*ptr, viewers),
      wants([this](const protocol::wants& x) { request_of_peers(x); }) {}

void hub_state::begin(protocol::edge_options x) {
  options = std::move(x);
  replica = edge::replica{{options.history_bytes, options.history_age}};
}

void hub_state::take_in(const model::batch& x, protocol::parcel_kind kind) {
  auto stamp = replica.stamp_of(x, kind);
  if (!stamp)
    return;
  window.begin_batch(replica.position(), *stamp);
  auto marked = x.followed.begin();
  const auto each = [&](const model::change& change, const fanout::item_ptr& item) {
    if (item)
      window.add(item);
    if (marked != x.followed.end() && &x.changes[marked->change] == &change) [[unlikely]] {
      if (auto followed = note_arrival(x, *marked++, item))
        window.follow(std::move(*followed));
    }
  };
  replica.take_in(x, std::move(*stamp), kind, wants.in_force(), now(), each);
  window.end_batch();
  schedule_flush();
}

void hub_state::take_in(const protocol::peer_batch& x) {
  replica.note_peer(x.batch->stamp.origin);
  take_in(*x.batch, x.kind);
  if (x.lost_events != 0)
    announce_gap(x.lost_events);
}

/// Events of a peer could not be kept until it could be reached.
void hub_state::announce_gap(std::uint64_t lost_events) {
  const auto& position = *shown().position_text();
  viewers.for_each([&](const viewer& x) {
    self->send(x.who, protocol::answer{"lag",
                                       {{"conflated", std::uint64_t{0}},
                                        {"dropped_events", lost_events},
                                        {"behind_ms", std::uint64_t{0}},
                                        {"position", position}},
                                       {}});
  });
}

void hub_state::schedule_flush() {
  const auto wait = window.schedule(now(), options.flush_window);
  if (!wait)
    return;
  // Even an idle hub takes what is in its mailbox already before it fans out.
  if (wait->count() <= 0)
    self->send(self, protocol::flush_atom::value);
  else
    self->delayed_send(self, *wait, protocol::flush_atom::value);
}

/// The window is flushed.
void hub_state::show(gathered& x) {
  if (!x.entries().empty())
    x.end_at(replica.position_text());
  for (auto& item : x.followed())
    item.mark = tracing::note_again(item.mark);
  fan_out.show(x, interest());
  if (!x.followed().empty()) [[unlikely]]
    note_flush(x, viewers, interest());
  replica.keep(now());
  bound_catch_ups();
}

edge::replica& hub_state::shown() {
  window.flush(now());
  return replica;
}

protocol::hub_actor::behavior_type hub(hub_state::self_pointer self, protocol::edge_options options) {
  self->state.begin(std::move(options));
  self->state.tick();
  self->state.beat();
  return {
      [self](const protocol::outgoing_batch& x) { self->state.take_in(*x.batch); },
      [self](const protocol::peer_batch& x) { self->state.take_in(x); },
      [self](protocol::flush_atom) { self->state.window.flush_scheduled(self->state.now()); },
      [self](protocol::join_request& x) { self->state.join(x); },
      [self](protocol::subscribe_order& x) { self->state.subscribe(x); },
      [self](protocol::unsubscribe_order& x) { self->state.unsubscribe(x); },
      [self](protocol::resume_order& x) { self->state.resume(x); },
      [self](protocol::heartbeat_order& x) { self->state.heartbeat(x); },
      [self](const protocol::replay_more& x) { self->state.give_more(x); },
      [self](const protocol::release_hold& x) { self->state.release(x); },
      [self](const protocol::leave_order& x) { self->state.leave(x); },
      [self](protocol::due_atom) { self->state.beat(); },
      [self](const protocol::why_request& x) { return protocol::inspect_answer{self->state.why(x)}; },
      [self](const protocol::wants_keeper_actor& x) { self->state.hear_peers(x); },
      [self](const protocol::forget_origin& x) { self->state.shown().forget(x.node); },
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::edge
