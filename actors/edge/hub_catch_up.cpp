#include "actors/edge/hub.hpp"
#include "model/wall_clock.hpp"
#include "protocol/replies.hpp"

#include <algorithm>

namespace towncrier::edge {

namespace {

/// How much of the history a viewer that resumes is given before its socket must have taken it, in bytes of records.
constexpr std::size_t replay_bytes = 64 * 1024;

/// How much of the history is looked at for one viewer, in bytes, before others have their turn.
constexpr std::size_t looked_at_once = 16 * replay_bytes;

/// How long a viewer waits for what it has heard at another edge and this one has not, and how often that is looked at.
constexpr std::chrono::seconds early_patience{2};
constexpr std::chrono::milliseconds early_retry{20};

const fanout::position_text& no_position() {
  static const auto text = std::make_shared<const std::string>(fanout::unresumable);
  return text;
}

/// Whether who has come as far as `x.at` has still to get what is at `here`. Of what came before it resumed, only that
/// which the history gives.
bool is_missing(const catch_up& x, const place& here) {
  if (here.number >= x.news_from)
    return true;
  const auto& stamp = here.what->stamp;
  const auto known = x.at.find(stamp.origin).value_or(model::position::mark{});
  return here.what->exact && model::position::mark{stamp.incarnation, stamp.sequence} > known;
}

} // namespace

/// A client that comes from another edge may have heard what is still on its way to this one. What it would be shown
/// now would turn its clock back: it waits until that has come, but not for long.
bool hub_state::waits_for_peers(const protocol::join_request& x) {
  const auto who = x.viewer.address();
  const auto waiting = early.find(who);
  if (waiting != early.end() && waiting->second.left) {
    early.erase(waiting);
    return true; // it has gone meanwhile
  }
  const auto from = peers.empty() || x.position.empty() ? std::nullopt : model::position::parse(x.position);
  const auto until = waiting == early.end() ? now() + early_patience : waiting->second.until;
  if (!from || !is_ahead(*from) || now() >= until) {
    early.erase(who);
    return false;
  }
  early[who].until = until;
  self->delayed_send(self, early_retry, x);
  return true;
}

/// The same for one that says `resume` after it has joined.
bool hub_state::waits_for_peers(catch_up& behind, const protocol::resume_order& x) {
  const auto from = peers.empty() ? std::nullopt : model::position::parse(x.position);
  const auto until = behind.waits_until.value_or(now() + early_patience);
  if (!from || !is_ahead(*from) || now() >= until) {
    behind.waits_until.reset();
    return false;
  }
  behind.waits_until = until;
  self->delayed_send(self, early_retry, x);
  return true;
}

/// Whether `x` has something of a peer that has not come here yet.
bool hub_state::is_ahead(const model::position& x) const {
  return std::any_of(x.marks().begin(), x.marks().end(), [&](const auto& entry) {
    const auto here = position.find(entry.first);
    return here && peers.contains(entry.first) && entry.second > *here;
  });
}

bool hub_state::begin_resume(slot_type slot, std::string_view position_text) {
  const auto sent = model::position::parse(position_text);
  const auto from = sent ? forgotten.translate(*sent, position) : std::nullopt;
  if (!from)
    return false;
  auto missed = history.since(*from, position);
  if (!missed)
    return false;
  const auto watches = watched_by(slot);
  for (const auto& place : *missed)
    if (place->what->complete_for && !covers(*place->what->complete_for, watches))
      return false;
  auto& behind = viewers.begin_catching_up(slot);
  viewers.find(slot)->came_after = viewers.find(slot)->grew_after = 0; // before that it was told elsewhere
  behind.at = *from;
  behind.snapshot_due = behind.snapshot_due || now() < restated_until;
  behind.next = missed->empty() ? stream.end() : missed->front();
  behind.news_from = stream.end()->number;
  behind.most_bytes = room_for(behind);
  return true;
}

void hub_state::hold(slot_type slot) {
  auto& behind = viewers.begin_catching_up(slot);
  behind.held = true;
  behind.at = position;
  behind.next = stream.end();
  behind.news_from = behind.next->number;
  behind.most_bytes = room_for(behind);
  self->delayed_send(self, options.resume_grace, protocol::release_hold{slot, viewers.find(slot)->generation});
}

void hub_state::release_if(const protocol::release_hold& x) {
  if (const auto* viewer = viewers.find(x.slot); viewer != nullptr && viewer->generation == x.generation)
    release(x.slot);
}

void hub_state::release(slot_type slot) {
  const auto& behind = viewers.find(slot)->behind;
  if (!behind || behind->waits_until || !std::exchange(behind->held, false))
    return;
  behind->most_bytes = room_for(*behind);
  flush();
  pump(slot);
}

void hub_state::resume(protocol::resume_order& x) {
  auto* viewer = viewers.find(x.from);
  if (viewer == nullptr)
    return;
  flush();
  const auto slot = x.from.slot;
  const auto watches_nothing = interest.channel_count(slot) == 0 && !interest.area(slot);
  if (parks(x.from.viewer.address(), watches_nothing ? protocol::wants{} : watched_by(slot), x))
    return;
  if (watches_nothing)
    watch_world(slot); // it said `resume` instead of `subscribe`
  // What it missed has to come before what is live: once it was shown that, only a snapshot is in order.
  const auto held = viewer->behind && viewer->behind->held;
  if (held && waits_for_peers(*viewer->behind, x))
    return;
  const auto resumed = held && begin_resume(slot, x.position);
  if (!resumed && held) {
    give_up_followed(slot, "it is given the present state of everything it watches instead");
    viewers.end_catching_up(slot);
  }
  model::object data{{"ok", true}, {"data", model::object{{"resumed", resumed}}}};
  if (x.id)
    data.insert(data.begin(), {"id", protocol::to_value(*x.id)});
  self->send(viewer->who, protocol::answer{"result", std::move(data), {}});
  if (resumed)
    pump(slot);
  else if (viewer->behind)
    viewer->behind->snapshot_due = true;
  else
    send_snapshot(slot);
}

void hub_state::give_more(const protocol::replay_more& x) {
  if (auto* viewer = viewers.find(x.slot); viewer != nullptr && viewer->behind && viewer->behind->asked)
    viewer->behind->late = x.late;
  pump(x.slot);
}

/// The next piece of what a viewer missed. One that is late gets all of it without being asked, as if it were live:
/// its connection keeps the latest states and the events, and says what it left out. In pieces, so that others have
/// their turn in between.
void hub_state::pump(slot_type slot) {
  auto* viewer = viewers.find(slot);
  if (viewer == nullptr || !viewer->behind || viewer->behind->held)
    return;
  auto& behind = *viewer->behind;
  auto piece = next_piece(slot, behind);
  behind.most_bytes = std::min(behind.most_bytes, room_for(behind));
  behind.given = now();
  behind.asked = false;
  const auto is_last = !behind.next->what;
  const auto is_late = behind.late;
  if (piece && is_late)
    send_chunk(slot, piece);
  else if (piece)
    self->send(viewer->who, protocol::replay{piece});
  // What happens now can follow at once: waiting for the socket would only be worth it with more to give.
  if (is_last)
    go_live(slot);
  else if (!piece || is_late)
    self->send(self, protocol::replay_more{slot});
}

/// nullptr: it would have seen nothing of what was looked at.
fanout::chunk_ptr hub_state::next_piece(slot_type slot, catch_up& behind) {
  std::vector<fanout::entry> entries;
  std::vector<fanout::boundary> boundaries;
  auto way = std::make_shared<fanout::trail>();
  recent_pieces::stretch over{behind.next->number, 0, behind.at, {}};
  const auto enough = std::clamp<std::size_t>(options.max_queued_bytes, 1, replay_bytes);
  std::size_t bytes = 0;
  std::size_t looked_at = 0;
  for (; behind.next->what && bytes < enough && looked_at < looked_at_once; behind.next = behind.next->next) {
    const auto& record = *behind.next->what;
    looked_at += record.bytes;
    if (!is_missing(behind, *behind.next))
      continue;
    way->add(behind.at, record.stamp);
    behind.at.advance(record.stamp);
    for (const auto& item : record.items) {
      if (auto entry = seen_by(slot, item)) {
        entries.push_back(std::move(*entry));
        bytes += record.bytes / record.items.size();
      }
    }
    boundaries.push_back({entries.size(), way->batches()});
  }
  auto followed = take_followed(slot, entries);
  if (entries.empty())
    return nullptr;
  // A client that is cut off before its snapshot has come must not go on without it.
  if (behind.snapshot_due) {
    auto result = std::make_shared<fanout::chunk>(std::move(entries), no_position(), model::wall_clock());
    result->follow(std::move(followed));
    return result;
  }
  over.to = behind.next->number;
  over.after = behind.at;
  if (auto known = followed.empty() ? pieces.find(over, entries, now()) : nullptr)
    return known;
  way->end_at(std::make_shared<const std::string>(behind.at.to_string()));
  auto result =
      std::make_shared<fanout::chunk>(std::move(entries), std::move(boundaries), std::move(way), model::wall_clock());
  if (followed.empty())
    pieces.add(std::move(over), result, now());
  result->follow(std::move(followed));
  return result;
}

void hub_state::go_live(slot_type slot) {
  if (const auto before = viewers.end_catching_up(slot); before && before->snapshot_due)
    send_snapshot(slot);
}

/// How much may wait for it: as much as now, and what may wait for one that is live.
std::size_t hub_state::room_for(const catch_up& behind) const {
  return stream.bytes_from(*behind.next) + options.max_queued_bytes;
}

void hub_state::bound_catching_up() {
  for (const auto slot : viewers.catching_up())
    bound(slot, *viewers.find(slot)->behind);
}

/// Who catches up must come nearer: what waits for one that is slower than what happens would grow without an end.
/// Only its connection knows whether it is the viewer that is slow.
void hub_state::bound(slot_type slot, catch_up& behind) {
  const auto waiting = stream.bytes_from(*behind.next);
  if (behind.held && waiting > options.history_bytes) {
    behind.held = false;
    behind.late = true;
    self->send(self, protocol::replay_more{slot});
  }
  const auto is_slow = waiting > behind.most_bytes || now() - behind.given > options.history_age;
  if (behind.held || behind.late || !is_slow || std::exchange(behind.asked, true))
    return;
  self->send(viewers.find(slot)->who, protocol::replay_overdue{});
}

void hub_state::send_snapshot(slot_type slot) {
  viewers.find(slot)->came_after = viewers.find(slot)->grew_after = 0;
  std::vector<fanout::entry> entries;
  for (auto& item : visible_now(slot))
    entries.push_back({std::move(item), fanout::shape::snapshot});
  if (!entries.empty())
    send_chunk(slot, std::make_shared<const fanout::chunk>(std::move(entries), position_text(), model::wall_clock()));
}

bool hub_state::sees_all(slot_type slot) const {
  const auto& world = interest.world();
  return std::binary_search(world.begin(), world.end(), slot);
}

std::optional<fanout::entry> hub_state::seen_by(slot_type slot, const fanout::item_ptr& x) const {
  using fanout::shape;
  if (x->is_event())
    return interest.visible(slot, *std::get<model::event_ptr>(x->what()))
               ? std::optional{fanout::entry{x, shape::as_is}}
               : std::nullopt;
  const auto before = x->before() && interest.visible(slot, *x->before());
  const auto after = interest.visible(slot, *x->now());
  const auto all = sees_all(slot);
  if (x->is_removal())
    return before || all ? std::optional{fanout::entry{x, shape::as_is}} : std::nullopt;
  if (after)
    return fanout::entry{x, before || all ? shape::as_is : shape::update};
  if (!before)
    return std::nullopt;
  const auto area = interest.area(slot);
  const auto left_area = area && x->before()->place && area->contains(*x->before()->place);
  return fanout::entry{x, left_area ? shape::left_area : shape::left_location};
}

} // namespace towncrier::edge
