#include "actors/edge/hub.hpp"
#include "actors/edge/subscription_answer.hpp"
#include "model/wall_clock.hpp"
#include "protocol/replies.hpp"

#include <algorithm>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace towncrier::edge {

namespace {

/// A position of a client's, where it is one.
fanout::position_text as_sent(std::string_view text) {
  const auto known = model::position::parse(text);
  return known ? std::make_shared<const std::string>(known->to_string()) : nullptr;
}

/// When most viewers have left at once: what they took lies between what others have, and malloc alone never gives it
/// back.
void give_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

} // namespace

void hub_state::join(protocol::join_request& x) {
  const auto comes_back = !x.position.empty();
  const auto may_watch_all = comes_back && x.channels.empty(); // until its first `subscribe` says more
  const auto needs = may_watch_all ? protocol::wants{} : wants_of(x.channels, std::nullopt);
  if (wants.park(x.viewer.address(), needs, x) || comes_early(x))
    return;
  auto& known = shown();
  const auto slot = viewers.add(x.viewer);
  viewers.attach(slot, hosting::call_face<protocol::chunk_sink>(*self, x.viewer));
  viewers.find(slot)->automatic = x.automatic;
  pulse.add({slot, viewers.find(slot)->generation});
  window.subscribe(slot, parse_channels(x.channels), std::nullopt, now());
  if (may_watch_all)
    watch_world(slot);
  const auto resumed = comes_back && begin_resume(slot, x.position);
  if (!comes_back)
    viewers.find(slot)->joined_after = known.changes();
  // One that comes back is where it was, not where the stream stands, until it was given what it missed.
  self->send(x.viewer, protocol::joined{slot, comes_back ? as_sent(x.position) : known.position_text(), resumed});
  if (resumed)
    pump(slot);
  else if (comes_back)
    send_snapshot(slot);
  else
    begin_waiting(slot);
}

/// For a viewer that resumes and has not said what it watches: its first `subscribe` will.
void hub_state::watch_world(slot_type slot) {
  viewers.find(slot)->automatic = true;
  const flow::channel world{flow::channel_kind::world, {}};
  window.subscribe(slot, {&world, 1}, std::nullopt, now());
}

void hub_state::leave(const protocol::leave_order& x) {
  early_joins.leave(x.who);
  wants.forget(x.who);
  const auto slot = viewers.slot_of(x.who);
  if (!slot)
    return;
  window.remove(*slot, now());
  viewers.remove(*slot);
}

void hub_state::subscribe(protocol::subscribe_order& x) {
  auto* viewer = viewers.find(x.from);
  const auto& [channels, area, snapshot] = x.request;
  if (viewer == nullptr)
    return;
  const auto wanted = parse_channels(channels);
  if (auto no = too_many_channels(interest(), x.from.slot, wanted))
    return self->send(viewer->who, protocol::failure_answer{protocol::errc::invalid_message, std::move(*no), x.id,
                                                            std::nullopt, std::nullopt});
  if (wants.park(x.from.viewer.address(), wants_of(channels, area), x))
    return;
  const auto& known = shown();
  const auto slot = x.from.slot;
  const auto before = area && !snapshot && viewer->is_live() ? visible_now(known.latest(), interest(), slot)
                                                             : std::vector<fanout::item_ptr>{};
  if (!watches_world(interest(), slot) && !viewer->is_waiting())
    viewer->subscribed_after = known.changes();
  if ((!channels.empty() || area) && std::exchange(viewer->automatic, false)) {
    const flow::channel world{flow::channel_kind::world, {}};
    window.unsubscribe(slot, {&world, 1}, false, now());
  }
  const auto added = interest().count_new(slot, wanted);
  window.subscribe(slot, wanted, area, now());
  confirm(*viewer, "subscribed", subscription_answer(interest(), slot, "added", added), x.id);
  if (viewer->is_waiting() && snapshot)
    give_up_catch_up(slot); // it begins here and now
  if (viewer->is_live() && snapshot)
    send_snapshot(slot);
  else if (viewer->is_live() && area)
    show_difference(slot, before);
  else if (!viewer->is_live() && (snapshot || area))
    viewer->missed->want_snapshot();
}

void hub_state::unsubscribe(protocol::unsubscribe_order& x) {
  auto* viewer = viewers.find(x.from);
  if (viewer == nullptr || wants.park(x.from.viewer.address(), {false, {}}, x))
    return;
  viewer->automatic = false;
  const auto slot = x.from.slot;
  const auto count = interest().channel_count(slot);
  window.unsubscribe(slot, parse_channels(x.request.channels), x.request.area, now());
  const auto removed = count - interest().channel_count(slot);
  confirm(*viewer, "unsubscribed", subscription_answer(interest(), slot, "removed", removed), x.id);
}

void hub_state::confirm(const viewer& to, std::string_view type, model::object data,
                        const std::optional<model::message_id>& id) {
  if (id)
    data.emplace_back("id", protocol::to_value(*id));
  self->send(to.who, protocol::answer{std::string{type}, std::move(data), {}});
}

/// A viewer's interest has changed, and it is not given a snapshot.
void hub_state::show_difference(slot_type slot, const std::vector<fanout::item_ptr>& visible_before) {
  auto& known = shown();
  auto entries = difference(visible_before, known.latest(), interest(), slot);
  if (!entries.empty())
    fan_out.show(slot,
                 std::make_shared<const fanout::chunk>(std::move(entries), known.position_text(), model::wall_clock()));
}

void hub_state::send_snapshot(slot_type slot) {
  auto& known = shown();
  viewers.find(slot)->has_everything();
  std::vector<fanout::entry> entries;
  for (auto& item : visible_now(known.latest(), interest(), slot))
    entries.push_back({std::move(item), fanout::shape::snapshot});
  if (!entries.empty())
    fan_out.show(slot,
                 std::make_shared<const fanout::chunk>(std::move(entries), known.position_text(), model::wall_clock()));
}

void hub_state::heartbeat(protocol::heartbeat_order& x) {
  if (const auto* viewer = viewers.find(x.from); viewer != nullptr)
    send_heartbeat(*viewer, std::move(x.id));
}

/// One timer for all: a timer each cost more memory than what a viewer is to a hub.
void hub_state::beat() {
  const auto part = options.heartbeat_interval / static_cast<int>(flow::pulse_parts);
  self->delayed_send(self, std::max(part, std::chrono::milliseconds{1}), protocol::due_atom::value);
  pulse.turn([this](const pulsing& x) {
    const auto* viewer = viewers.find(x.slot);
    const bool is_here = viewer != nullptr && viewer->generation == x.generation;
    if (is_here)
      send_heartbeat(*viewer, std::nullopt);
    return is_here;
  });
}

void hub_state::send_heartbeat(const viewer& to, std::optional<model::message_id> id) {
  auto& known = shown();
  self->send(to.who, protocol::heartbeat_due{std::move(id), to.is_live() ? known.position_text() : nullptr});
}

void hub_state::tick() {
  self->delayed_send(self, std::chrono::seconds{1}, protocol::tick_atom::value);
  replica.evict(now());
  bound_catch_ups();
  wants.review(wants_of(interest()), !viewers.any_waiting(), options.history_age, now());
  if (viewers.most_have_left())
    give_memory_back();
}

} // namespace towncrier::edge
