#include "actors/edge/hub.hpp"
#include "actors/edge/hub_tracing.hpp"
#include "protocol/replies.hpp"

namespace towncrier::edge {

namespace {

/// How often it is looked whether what a viewer has heard at another edge has come here.
constexpr std::chrono::milliseconds early_retry{20};

} // namespace

/// Whether a join is not to be carried out now, or not at all: see `early_joins`.
bool hub_state::comes_early(const protocol::join_request& x) {
  using verdict = flow::early_joins<caf::actor_addr>::verdict;
  const auto what = early_joins.look(x.viewer.address(), replica.is_ahead(x.position), now());
  if (what == verdict::wait)
    self->delayed_send(self, early_retry, x);
  return what != verdict::join;
}

/// Whether the viewer can be given exactly what it missed since a position. If so, its catch-up is `replaying` now.
bool hub_state::begin_resume(slot_type slot, std::string_view position_text) {
  auto& known = shown();
  const auto from = model::position::parse(position_text);
  auto start = from ? known.missed_since(*from, wants_of(interest(), slot)) : std::nullopt;
  if (!start)
    return false;
  auto& viewer = *viewers.find(slot);
  if (viewer.is_live())
    viewers.begin_catch_up(slot, std::make_unique<catch_up>(known.stream(), known.position(), options, now()));
  viewer.missed->resume(std::move(*start), known.stream(), now());
  if (known.was_restated(now()))
    viewer.missed->want_snapshot();
  viewer.has_everything(); // what came before its position it was shown elsewhere
  return true;
}

/// The viewer may say where to resume. It is given nothing until then, or until the time for that is over.
void hub_state::begin_waiting(slot_type slot) {
  const auto& known = shown();
  viewers.begin_catch_up(slot, std::make_unique<catch_up>(known.stream(), known.position(), options, now()));
  self->delayed_send(self, options.resume_grace, protocol::release_hold{slot, viewers.find(slot)->generation});
}

void hub_state::release(const protocol::release_hold& x) {
  const auto* viewer = viewers.find(x.slot);
  if (viewer == nullptr || viewer->generation != x.generation || viewer->is_live() ||
      !viewer->missed->release(replica.stream(), now()))
    return;
  shown();
  pump(x.slot);
}

void hub_state::resume(protocol::resume_order& x) {
  auto* viewer = viewers.find(x.from);
  if (viewer == nullptr)
    return;
  const auto& known = shown();
  const auto slot = x.from.slot;
  const auto is_first = watches_nothing(interest(), slot); // it said `resume` instead of `subscribe`
  if (wants.park(x.from.viewer.address(), is_first ? protocol::wants{} : wants_of(interest(), slot), x))
    return;
  if (is_first)
    watch_world(slot);
  // What it missed has to come before what is live: once it was shown that, only a snapshot is in order.
  const auto is_in_time = viewer->is_waiting();
  if (is_in_time && viewer->missed->await_peers(known.is_ahead(x.position), now())) {
    self->delayed_send(self, early_retry, x);
    return;
  }
  const auto resumed = is_in_time && begin_resume(slot, x.position);
  if (is_in_time && !resumed)
    give_up_catch_up(slot);
  model::object data{{"ok", true}, {"data", model::object{{"resumed", resumed}}}};
  if (x.id)
    data.insert(data.begin(), {"id", protocol::to_value(*x.id)});
  self->send(viewer->who, protocol::answer{"result", std::move(data), {}});
  if (resumed)
    pump(slot);
  else if (viewer->is_live())
    send_snapshot(slot);
  else
    viewer->missed->want_snapshot();
}

void hub_state::give_more(const protocol::replay_more& x) {
  if (auto* viewer = viewers.find(x.slot); viewer != nullptr && !viewer->is_live())
    viewer->missed->answer(x.late);
  pump(x.slot);
}

/// Goes on with a viewer that catches up.
void hub_state::pump(slot_type slot) {
  auto* viewer = viewers.find(slot);
  if (viewer == nullptr || viewer->is_live() || viewer->is_waiting())
    return;
  auto piece = give_piece(slot);
  if (piece.is_last && viewer->missed->wants_snapshot() && replica.has_pending()) {
    shown(); // the position of its snapshot includes what is pending: it is to have that before
    piece = give_piece(slot);
  }
  if (!piece.is_last) {
    if (!piece.chunk || piece.is_conflated)
      self->send(self, protocol::replay_more{slot}); // nothing that its socket has to take first
    return;
  }
  // What happens now can follow at once: waiting for the socket would only be worth it with more to give.
  if (viewers.end_catch_up(slot)->wants_snapshot())
    send_snapshot(slot);
}

/// Gives the viewer the next piece of what it missed.
catch_up::piece hub_state::give_piece(slot_type slot) {
  const auto& viewer = *viewers.find(slot);
  auto piece = viewer.missed->next_piece(replica.stream(), interest(), slot, replica.pieces(), now());
  note_unseen(viewer, piece.unseen, unseen_reason(interest(), slot));
  if (piece.chunk && piece.is_conflated)
    fan_out.show(slot, piece.chunk);
  else if (piece.chunk)
    self->send(viewer.who, protocol::replay{piece.chunk});
  return piece;
}

/// The viewer is given a snapshot instead, or is about to be.
void hub_state::give_up_catch_up(slot_type slot) {
  auto missed = viewers.end_catch_up(slot);
  note_given_up(*viewers.find(slot), missed->give_up_followed());
}

void hub_state::bound_catch_ups() {
  for (const auto slot : viewers.catching_up()) {
    const auto& viewer = *viewers.find(slot);
    switch (viewer.missed->bound(replica.stream(), now())) {
      case catch_up::demand::nothing:
        break;
      case catch_up::demand::ask_connection:
        self->send(viewer.who, protocol::replay_overdue{});
        break;
      case catch_up::demand::give_more:
        self->send(self, protocol::replay_more{slot});
        break;
    }
  }
}

} // namespace towncrier::edge
