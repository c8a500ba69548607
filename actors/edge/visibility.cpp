#include "actors/edge/visibility.hpp"

#include <algorithm>
#include <unordered_set>

namespace towncrier::edge {

namespace {

/// More channels than this are not worth telling the peers: they are asked for everything then.
constexpr std::size_t max_channels = 64;

} // namespace

fanout::shape shape_of(flow::effect x) noexcept {
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

bool watches_world(const flow::interest& interest, slot_type slot) {
  const auto& world = interest.world();
  return std::binary_search(world.begin(), world.end(), slot);
}

bool watches_nothing(const flow::interest& interest, slot_type slot) {
  return interest.channel_count(slot) == 0 && !interest.area(slot);
}

std::optional<fanout::entry> seen_by(const flow::interest& interest, slot_type slot, const fanout::item_ptr& x) {
  using fanout::shape;
  if (x->is_event())
    return interest.visible(slot, *std::get<model::event_ptr>(x->what()))
               ? std::optional{fanout::entry{x, shape::as_is}}
               : std::nullopt;
  const auto before = x->before() && interest.visible(slot, *x->before());
  const auto after = interest.visible(slot, *x->now());
  const auto all = watches_world(interest, slot);
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

std::vector<fanout::item_ptr> visible_now(const latest_states& latest, const flow::interest& interest, slot_type slot) {
  std::vector<fanout::item_ptr> result;
  latest.for_each([&](const auto&, const fanout::item_ptr& item) {
    if (interest.visible(slot, *item->now()))
      result.push_back(item);
  });
  return result;
}

std::vector<fanout::entry> difference(const std::vector<fanout::item_ptr>& visible_before, const latest_states& latest,
                                      const flow::interest& interest, slot_type slot) {
  std::unordered_set<const fanout::item*> before;
  std::vector<fanout::entry> result;
  for (const auto& item : visible_before) {
    before.insert(item.get());
    if (!interest.visible(slot, *item->now()))
      result.push_back({item, fanout::shape::left_area});
  }
  for (auto& item : visible_now(latest, interest, slot))
    if (!before.contains(item.get()))
      result.push_back({std::move(item), fanout::shape::update});
  return result;
}

std::string_view unseen_reason(const flow::interest& interest, slot_type slot) {
  return interest.area(slot)                 ? "outside_its_area"
         : interest.channel_count(slot) == 0 ? "nothing_subscribed"
                                             : "not_subscribed";
}

model::object interest_object(const flow::interest& interest, slot_type slot) {
  model::array channels;
  for (auto& channel : interest.channels(slot))
    channels.emplace_back(std::move(channel));
  model::object result{{"channels", std::move(channels)}};
  if (const auto area = interest.area(slot))
    result.emplace_back(
        "area", model::object{{"x", area->x}, {"y", area->y}, {"width", area->width}, {"height", area->height}});
  return result;
}

protocol::wants wants_of(const flow::interest& interest, slot_type slot) {
  if (interest.area(slot) || watches_world(interest, slot))
    return {};
  return {false, interest.channels(slot)};
}

protocol::wants wants_of(const std::vector<std::string>& channels, const std::optional<model::area>& area) {
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

protocol::wants wants_of(const flow::interest& interest) {
  const auto channels = interest.watched(max_channels);
  return channels ? protocol::wants{false, *channels} : protocol::wants{};
}

std::vector<flow::channel> parse_channels(const std::vector<std::string>& texts) {
  std::vector<flow::channel> result;
  for (const auto& text : texts)
    if (auto channel = flow::parse_channel(text))
      result.push_back(std::move(*channel));
  return result;
}

} // namespace towncrier::edge
