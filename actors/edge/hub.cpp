#include "actors/edge/hub.hpp"

#include "model/wall_clock.hpp"
#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::edge {

namespace {

/// How many viewers ahead of the one that is shown something memory is fetched: thousands of viewers fit no cache, and
/// waiting for memory was half of what a delivery cost besides the kernel.
constexpr std::size_t fetched_ahead = 3;

fanout::shape shape_of(flow::effect x) {
  switch (x) {
    case flow::effect::entered:
      return fanout::shape::update;
    case flow::effect::left_area:
      return fanout::shape::left_area;
    case flow::effect::left_location:
      return fanout::shape::left_location;
    default:
      return fanout::shape::as_is;
  }
}

struct entries_hash {
  std::size_t operator()(const std::vector<fanout::entry>& xs) const noexcept {
    std::size_t seed = xs.size();
    for (const auto& x : xs)
      seed = seed * 31 + std::hash<const void*>{}(x.what.get()) + static_cast<std::size_t>(x.shape);
    return seed;
  }
};

} // namespace

hub_state::hub_state(self_pointer ptr) : self(ptr), history({}) {}

void hub_state::take_in(const model::batch& x, protocol::parcel_kind kind) {
  const auto brings_on = kind != protocol::parcel_kind::objection;
  const auto known = position.find(x.stamp.origin);
  if (brings_on && known && model::position::mark{x.stamp.incarnation, x.stamp.sequence} <= *known)
    return; // the exchange told it already
  auto stamp = x.stamp;
  if (!brings_on)
    stamp.sequence = 0;
  if (!window.way)
    window.way = std::make_shared<fanout::trail>();
  window.way->add(position, stamp);
  position.advance(stamp);
  written_position = nullptr;
  auto kept = std::make_shared<record>(
      record{std::move(stamp), {}, model::estimated_size(x), kind == protocol::parcel_kind::exact});
  if (kind == protocol::parcel_kind::thin)
    mark_thin(*kept, known);
  auto marked = x.followed.begin();
  for (const auto& change : x.changes) {
    auto item = apply(change);
    if (marked != x.followed.end() && &x.changes[marked->change] == &change) [[unlikely]]
      follow(x, *marked++, item);
    if (item)
      kept->items.push_back(std::move(item));
  }
  if (kind == protocol::parcel_kind::objection && !kept->items.empty())
    restated_until = now() + options.history_age;
  window.boundaries.push_back({window.entries.size(), window.way->batches()});
  window.records.push_back(std::move(kept));
  schedule_flush();
}

void hub_state::take_in(const protocol::peer_batch& x) {
  peers.insert(x.batch->stamp.origin);
  take_in(*x.batch, x.kind);
  if (x.lost_events != 0)
    announce_gap(x.lost_events);
}

/// Events of a peer could not be kept until it could be reached.
void hub_state::announce_gap(std::uint64_t lost_events) {
  flush();
  viewers.for_each([&](const viewer& x) {
    self->send(x.who, protocol::answer{"lag",
                                       {{"conflated", std::uint64_t{0}},
                                        {"dropped_events", lost_events},
                                        {"behind_ms", std::uint64_t{0}},
                                        {"position", position.to_string()}},
                                       {}});
  });
}

fanout::item_ptr hub_state::apply(const model::change& x) {
  const auto* change = std::get_if<model::character_change>(&x);
  fanout::item_ptr item;
  if (change == nullptr) {
    const auto key = std::get<model::event_ptr>(x)->key;
    if (key != 0 && !told.add(key))
      return nullptr;
    item = std::make_shared<const fanout::item>(x);
  } else {
    const auto* known = latest.find(change->now->id);
    item = std::make_shared<const fanout::item>(x, known != nullptr ? (*known)->now() : nullptr, changes + 1);
    if (!latest.apply(*change, item).accepted)
      return nullptr;
    ++changes;
  }
  window.entries.push_back({item, fanout::shape::as_is});
  note_concerned(*item, change == nullptr ? model::change_kind::update : change->kind);
  return item;
}

void hub_state::note_concerned(const fanout::item& x, model::change_kind kind) {
  const auto entry = static_cast<std::uint32_t>(window.entries.size() - 1);
  const auto concerned = x.is_event() ? interest.concerned(*std::get<model::event_ptr>(x.what()))
                                      : interest.concerned(x.before().get(), *x.now(), kind);
  for (const auto& concern : concerned)
    window.concerns.push_back({concern.who, entry, shape_of(concern.effect)});
}

void hub_state::schedule_flush() {
  if (std::exchange(window.flush_scheduled, true))
    return;
  // Even an idle hub takes what is in its mailbox already before it fans out.
  const auto wait = last_flush + options.flush_window - now();
  if (wait.count() <= 0)
    self->send(self, protocol::flush_atom::value);
  else
    self->delayed_send(self, wait, protocol::flush_atom::value);
}

void hub_state::flush() {
  if (window.records.empty())
    return;
  last_flush = now();
  if (!window.entries.empty())
    window.way->end_at(position_text());
  for (auto& x : window.followed)
    x.mark = tracing::note_again(x.mark);
  deliver_to_world();
  deliver_to_narrow();
  if (!window.followed.empty()) [[unlikely]]
    note_viewers();
  keep_records();
  window.entries.clear();
  window.boundaries.clear();
  window.way = nullptr;
  window.records.clear();
  window.concerns.clear();
  window.followed.clear();
}

void hub_state::deliver_to_world() {
  if (interest.world().empty() || window.entries.empty())
    return;
  const auto chunk =
      std::make_shared<fanout::chunk>(window.entries, window.boundaries, window.way, model::wall_clock());
  chunk->follow(window.followed);
  const auto message = caf::make_message(protocol::delivery{fanout::chunk_ptr{chunk}});
  const auto& slots = interest.world();
  auto since = hosting::ticks();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i + fetched_ahead < slots.size())
      viewers.fetch(slots[i + fetched_ahead]);
    if (const auto* to = viewers.find(slots[i]); to != nullptr && !to->behind)
      since = show(*to, *chunk, message, since);
  }
}

void hub_state::send_chunk(slot_type slot, const fanout::chunk_ptr& chunk) {
  show(*viewers.find(slot), *chunk, caf::make_message(protocol::delivery{chunk}), hosting::ticks());
}

/// `as_message` is shared by every mailbox that needs it. Begun at `since`; gives the time when it was done, in ticks.
std::uint64_t hub_state::show(const viewer& to, const fanout::chunk& chunk, const caf::message& as_message,
                              std::uint64_t since) {
  if (to.sink != nullptr && hosting::waits_for_mail(to.who))
    return to.sink->deliver_counted(chunk, since);
  caf::actor_cast<caf::abstract_actor*>(to.who)->enqueue(self->ctrl(), caf::make_message_id(), as_message,
                                                         self->context());
  return hosting::ticks();
}

void hub_state::deliver_to_narrow() {
  auto& concerns = window.concerns;
  std::stable_sort(concerns.begin(), concerns.end(), [](const auto& x, const auto& y) { return x.slot < y.slot; });
  // Viewers that are shown the same share the same frames.
  std::unordered_map<std::vector<fanout::entry>, fanout::chunk_ptr, entries_hash> chunks;
  for (auto at = concerns.begin(); at != concerns.end();) {
    const auto slot = at->slot;
    std::vector<fanout::entry> entries;
    std::vector<fanout::boundary> boundaries;
    auto batch = window.boundaries.begin();
    for (; at != concerns.end() && at->slot == slot; ++at) {
      for (; at->entry >= batch->entries; ++batch)
        boundaries.push_back({entries.size(), batch->batches});
      entries.push_back({window.entries[at->entry].what, at->shape});
    }
    boundaries.push_back({entries.size(), window.way->batches()});
    const auto* to = viewers.find(slot);
    if (to == nullptr || to->behind)
      continue;
    auto& chunk = chunks[entries];
    if (!chunk) {
      auto followed = followed_in(entries);
      auto made =
          std::make_shared<fanout::chunk>(std::move(entries), std::move(boundaries), window.way, model::wall_clock());
      made->follow(std::move(followed));
      chunk = std::move(made);
    }
    send_chunk(slot, chunk);
  }
}

void hub_state::keep_records() {
  for (const auto& record : window.records) {
    const auto place = stream.append(record);
    unaccounted_bytes += record->bytes; // the stream keeps those between two of the history as well
    if (record->exact) {
      history.append(record->stamp, place, std::exchange(unaccounted_bytes, 0), now(), record->stands_for);
    } else {
      history.skip(record->stamp);
      forgotten.note_undated(record->stamp);
    }
  }
  bound_catching_up();
}

flow::time_point hub_state::now() const { return self->clock().now(); }

const fanout::position_text& hub_state::position_text() {
  if (!written_position)
    written_position = std::make_shared<const std::string>(position.to_string());
  return written_position;
}

protocol::hub_actor::behavior_type hub(hub_state::self_pointer self, protocol::edge_options options) {
  auto& state = self->state;
  state.history = flow::history<place_ptr>{{options.history_bytes, options.history_age}};
  state.options = std::move(options);
  self->delayed_send(self, std::chrono::seconds{1}, protocol::tick_atom::value);
  state.schedule_beat();
  return {
      [self](const protocol::outgoing_batch& x) { self->state.take_in(*x.batch); },
      [self](const protocol::peer_batch& x) { self->state.take_in(x); },
      [self](protocol::flush_atom) {
        self->state.window.flush_scheduled = false;
        self->state.flush();
      },
      [self](protocol::join_request& x) { self->state.join(x); },
      [self](protocol::subscribe_order& x) { self->state.subscribe(x); },
      [self](protocol::unsubscribe_order& x) { self->state.unsubscribe(x); },
      [self](protocol::resume_order& x) { self->state.resume(x); },
      [self](protocol::heartbeat_order& x) { self->state.heartbeat(x); },
      [self](const protocol::replay_more& x) { self->state.give_more(x); },
      [self](const protocol::release_hold& x) { self->state.release_if(x); },
      [self](const protocol::leave_order& x) { self->state.leave(x); },
      [self](protocol::due_atom) { self->state.beat(); },
      [self](const protocol::why_request& x) { return protocol::inspect_answer{self->state.why(x)}; },
      [self](const protocol::wants_keeper_actor& x) { self->state.hear_peers(x); },
      [self](const protocol::forget_origin& x) { self->state.forget(x); },
      [self](protocol::tick_atom) {
        self->state.history.evict(self->state.now());
        self->state.bound_catching_up();
        self->state.pieces.forget(self->state.now());
        self->state.review_wants();
        self->state.give_memory_back();
        self->delayed_send(self, std::chrono::seconds{1}, protocol::tick_atom::value);
      },
  };
}

} // namespace towncrier::edge
