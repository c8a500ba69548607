#include "actors/edge/hub.hpp"
#include "model/wall_clock.hpp"
#include "protocol/replies.hpp"

#include <algorithm>
#include <unordered_set>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace towncrier::edge {

namespace {

/// The codec lets only channels through that can be read; an unreadable one is left out.
std::vector<flow::channel> parse_channels(const std::vector<std::string>& texts) {
  std::vector<flow::channel> result;
  for (const auto& text : texts)
    if (auto channel = flow::parse_channel(text))
      result.push_back(std::move(*channel));
  return result;
}

/// What a viewer of these would want of the peers. An area is not told to them: all they say may be in it.
protocol::wants needs_of(const std::vector<std::string>& channels, const std::optional<model::area>& area) {
  protocol::wants result{area.has_value(), {}};
  for (const auto& x : parse_channels(channels)) {
    result.everything = result.everything || x.kind == flow::channel_kind::world;
    result.channels.push_back(to_string(x));
  }
  if (result.everything)
    return {};
  std::sort(result.channels.begin(), result.channels.end());
  return result;
}

/// A position of a client's, where it is one.
fanout::position_text as_sent(std::string_view text) {
  const auto known = model::position::parse(text);
  return known ? std::make_shared<const std::string>(known->to_string()) : nullptr;
}

model::object area_object(const model::area& x) {
  return {{"x", x.x}, {"y", x.y}, {"width", x.width}, {"height", x.height}};
}

} // namespace

void hub_state::join(protocol::join_request& x) {
  const auto watches_world = x.channels.empty() && !x.position.empty();
  if (parks(x.viewer.address(), watches_world ? protocol::wants{} : needs_of(x.channels, std::nullopt), x) ||
      waits_for_peers(x))
    return;
  flush();
  const auto slot = viewers.add(x.viewer);
  viewers.attach(slot, hosting::call_face<protocol::chunk_sink>(*self, x.viewer));
  viewers.find(slot)->automatic = x.automatic;
  pulse.add({slot, viewers.find(slot)->generation});
  set_interest(slot, x.channels, std::nullopt);
  if (watches_world)
    watch_world(slot);
  const auto resumed = !x.position.empty() && begin_resume(slot, x.position);
  viewers.find(slot)->came_after = x.position.empty() ? changes : 0;
  // Not where the stream stands: until it was given what it missed, it is where it was.
  self->send(x.viewer, protocol::joined{slot, x.position.empty() ? position_text() : as_sent(x.position), resumed});
  if (resumed)
    pump(slot);
  else if (!x.position.empty())
    send_snapshot(slot);
  else
    hold(slot);
}

/// When most have left at once: what they held lies between what others hold, and malloc alone keeps it for ever.
void hub_state::give_memory_back() {
  constexpr std::size_t many = 64;
  most_viewers = std::max(most_viewers, viewers.size());
  if (most_viewers - viewers.size() < many || viewers.size() > most_viewers / 2)
    return;
  most_viewers = viewers.size();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void hub_state::leave(const protocol::leave_order& x) {
  if (const auto at = early.find(x.who); at != early.end())
    at->second.left = true;
  std::erase_if(wanting.waiting, [&](const auto& parked) { return parked.who == x.who; });
  const auto slot = viewers.slot_of(x.who);
  if (!slot)
    return;
  flush();
  interest.remove(*slot);
  viewers.remove(*slot);
}

void hub_state::subscribe(protocol::subscribe_order& x) {
  auto* viewer = viewers.find(x.from);
  if (viewer == nullptr || parks(x.from.viewer.address(), needs_of(x.request.channels, x.request.area), x))
    return;
  flush();
  const auto slot = x.from.slot;
  const auto shows_area = x.request.area && !x.request.snapshot && !viewer->behind;
  const auto before = shows_area ? visible_now(slot) : std::vector<fanout::item_ptr>{};
  const auto names_something = !x.request.channels.empty() || x.request.area;
  if (!sees_all(slot) && !(viewer->behind && viewer->behind->held))
    viewer->grew_after = changes; // of what it watched before it was given that, which nobody remembers
  if (names_something && std::exchange(viewer->automatic, false)) {
    const flow::channel world{flow::channel_kind::world, {}};
    interest.unsubscribe(slot, {&world, 1});
  }
  set_interest(slot, x.request.channels, x.request.area);
  confirm(*viewer, slot, "subscribed", x.id);
  if (viewer->behind && viewer->behind->held && x.request.snapshot) {
    give_up_followed(slot, "it is given the present state of everything it watches instead");
    viewers.end_catching_up(slot); // it begins here and now
  }
  if (viewer->behind)
    viewer->behind->snapshot_due = viewer->behind->snapshot_due || x.request.snapshot || x.request.area;
  else if (x.request.snapshot)
    send_snapshot(slot);
  else if (x.request.area)
    show_area_change(slot, before);
}

void hub_state::unsubscribe(protocol::unsubscribe_order& x) {
  auto* viewer = viewers.find(x.from);
  if (viewer == nullptr || parks(x.from.viewer.address(), {false, {}}, x))
    return;
  flush();
  viewer->automatic = false;
  interest.unsubscribe(x.from.slot, parse_channels(x.request.channels), x.request.area);
  confirm(*viewer, x.from.slot, "unsubscribed", x.id);
}

void hub_state::heartbeat(protocol::heartbeat_order& x) {
  const auto* viewer = viewers.find(x.from);
  if (viewer == nullptr)
    return;
  flush();
  send_heartbeat(*viewer, std::move(x.id));
}

void hub_state::schedule_beat() {
  const auto part = options.heartbeat_interval / static_cast<int>(flow::pulse_parts);
  self->delayed_send(self, std::max(part, std::chrono::milliseconds{1}), protocol::due_atom::value);
}

/// One timer for all: a timer each cost more memory than what a viewer is to a hub.
void hub_state::beat() {
  schedule_beat();
  flush();
  pulse.turn([this](const pulsing& x) {
    const auto* viewer = viewers.find(x.slot);
    const bool is_here = viewer != nullptr && viewer->generation == x.generation;
    if (is_here)
      send_heartbeat(*viewer, std::nullopt);
    return is_here;
  });
}

void hub_state::send_heartbeat(const viewer& to, std::optional<model::message_id> id) {
  self->send(to.who, protocol::heartbeat_due{std::move(id), to.behind ? nullptr : position_text()});
}

void hub_state::set_interest(slot_type slot, const std::vector<std::string>& channels,
                             const std::optional<model::area>& area) {
  interest.subscribe(slot, parse_channels(channels), area);
}

/// For a viewer that resumes and has not said what it watches: its first `subscribe` will.
void hub_state::watch_world(slot_type slot) {
  viewers.find(slot)->automatic = true;
  set_interest(slot, {"world"}, std::nullopt);
}

model::object hub_state::interest_of(slot_type slot) const {
  model::array channels;
  for (auto& channel : interest.channels(slot))
    channels.emplace_back(std::move(channel));
  model::object result{{"channels", std::move(channels)}};
  if (const auto area = interest.area(slot))
    result.emplace_back("area", area_object(*area));
  return result;
}

void hub_state::confirm(const viewer& to, slot_type slot, std::string_view type,
                        const std::optional<model::message_id>& id) {
  auto data = interest_of(slot);
  if (id)
    data.emplace_back("id", protocol::to_value(*id));
  self->send(to.who, protocol::answer{std::string{type}, std::move(data), {}});
}

std::vector<fanout::item_ptr> hub_state::visible_now(slot_type slot) {
  std::vector<fanout::item_ptr> result;
  latest.for_each([&](const auto&, const fanout::item_ptr& item) {
    if (interest.visible(slot, *item->now()))
      result.push_back(item);
  });
  return result;
}

void hub_state::show_area_change(slot_type slot, const std::vector<fanout::item_ptr>& visible_before) {
  std::unordered_set<const fanout::item*> before;
  std::vector<fanout::entry> entries;
  for (const auto& item : visible_before) {
    before.insert(item.get());
    if (!interest.visible(slot, *item->now()))
      entries.push_back({item, fanout::shape::left_area});
  }
  for (auto& item : visible_now(slot))
    if (!before.contains(item.get()))
      entries.push_back({std::move(item), fanout::shape::update});
  if (!entries.empty())
    send_chunk(slot, std::make_shared<const fanout::chunk>(std::move(entries), position_text(), model::wall_clock()));
}

} // namespace towncrier::edge
