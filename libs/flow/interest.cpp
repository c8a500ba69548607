#include "flow/interest.hpp"

#include <algorithm>
#include <utility>

namespace towncrier::flow {

namespace {

/// The ways in which a subscriber saw a character before, and whether it sees it now.
constexpr std::uint8_t before_by_area = 1;
constexpr std::uint8_t before_by_name = 2;
constexpr std::uint8_t before = before_by_area | before_by_name;
constexpr std::uint8_t after = 4;

constexpr std::size_t at(channel_kind kind) noexcept { return static_cast<std::size_t>(kind); }

effect effect_of(std::uint8_t ways) noexcept {
  if ((ways & after) != 0)
    return (ways & before) != 0 ? effect::as_is : effect::entered;
  return (ways & before_by_area) != 0 ? effect::left_area : effect::left_location;
}

bool same_place(const model::character& x, const model::character& y) {
  return x.place == y.place && x.location == y.location;
}

void insert_sorted(std::vector<std::uint32_t>& xs, std::uint32_t x) {
  xs.insert(std::lower_bound(xs.begin(), xs.end(), x), x);
}

void erase_sorted(std::vector<std::uint32_t>& xs, std::uint32_t x) {
  xs.erase(std::lower_bound(xs.begin(), xs.end(), x));
}

} // namespace

void interest::subscribe(slot who, std::span<const channel> channels, const std::optional<model::area>& area) {
  if (who >= subscribers_.size()) {
    subscribers_.resize(std::size_t{who} + 1);
    sightings_.resize(subscribers_.size());
  }
  for (const auto& x : channels)
    if (x.kind == channel_kind::world)
      set_world(who, true);
    else if (make_narrow(who).names[at(x.kind)].insert(x.name).second)
      index(who, x.kind, x.name);
  if (area)
    set_area(who, area);
}

void interest::unsubscribe(slot who, std::span<const channel> channels, bool area) {
  if (find(who) == nullptr)
    return;
  for (const auto& x : channels)
    if (x.kind == channel_kind::world)
      set_world(who, false);
    else if (find_narrow(who) != nullptr && make_narrow(who).names[at(x.kind)].erase(x.name) > 0)
      unindex(who, x.kind, x.name);
  if (area)
    set_area(who, std::nullopt);
}

void interest::remove(slot who) {
  if (find(who) == nullptr)
    return;
  set_world(who, false);
  if (const auto* x = find_narrow(who))
    for (std::size_t kind = 0; kind < x->names.size(); ++kind)
      for (const auto& name : x->names[kind])
        unindex(who, static_cast<channel_kind>(kind), name);
  set_area(who, std::nullopt);
  subscribers_[who] = {};
}

std::vector<std::string> interest::channels(slot who) const {
  std::vector<std::string> out;
  out.reserve(channel_count(who));
  if (const auto* x = find_narrow(who))
    for (std::size_t kind = 0; kind < x->names.size(); ++kind)
      for (const auto& name : x->names[kind])
        out.push_back(to_string({static_cast<channel_kind>(kind), name}));
  if (const auto* x = find(who); x != nullptr && x->world)
    out.push_back(to_string({channel_kind::world, {}}));
  return out;
}

std::size_t interest::channel_count(slot who) const noexcept {
  const auto* x = find(who);
  std::size_t sum = x != nullptr && x->world ? 1 : 0;
  if (const auto* y = find_narrow(who))
    for (const auto& names : y->names)
      sum += names.size();
  return sum;
}

std::size_t interest::count_new(slot who, std::span<const channel> channels) const {
  const auto* x = find(who);
  const auto* y = find_narrow(who);
  return static_cast<std::size_t>(std::count_if(channels.begin(), channels.end(), [&](const channel& z) {
    return z.kind == channel_kind::world ? x == nullptr || !x->world
                                         : y == nullptr || !y->names[at(z.kind)].contains(z.name);
  }));
}

std::optional<model::area> interest::area(slot who) const {
  const auto* x = find_narrow(who);
  return x == nullptr ? std::nullopt : x->area;
}

std::optional<std::vector<std::string>> interest::watched(std::size_t most) const {
  std::size_t sum = 0;
  for (const auto& names : by_name_)
    sum += names.size();
  if (!world_.empty() || with_area_ > 0 || sum > most)
    return std::nullopt;
  std::vector<std::string> out;
  out.reserve(sum);
  for (std::size_t kind = 0; kind < by_name_.size(); ++kind)
    for (const auto& [name, who] : by_name_[kind])
      out.push_back(to_string({static_cast<channel_kind>(kind), name}));
  std::sort(out.begin(), out.end());
  return out;
}

bool interest::visible(slot who, const model::character& x) const {
  const auto* y = find(who);
  if (y == nullptr || y->world || !y->narrow)
    return y != nullptr && y->world;
  const auto& z = *y->narrow;
  return z.names[at(channel_kind::character)].contains(x.id.text) ||
         z.names[at(channel_kind::location)].contains(x.location) || (x.place && z.area && z.area->contains(*x.place));
}

bool interest::visible(slot who, const model::event& x) const {
  const auto* y = find(who);
  return y != nullptr && (y->world || (y->narrow && y->narrow->names[at(channel_kind::event)].contains(x.event_type)));
}

std::span<const interest::concern> interest::concerned(const model::character* old, const model::character& now,
                                                       model::change_kind kind) {
  begin_call();
  const bool removed = kind == model::change_kind::removed;
  if (old != nullptr && !removed && same_place(*old, now))
    sight_character(now, before_by_area | after, before_by_name | after);
  else {
    if (old != nullptr)
      sight_character(*old, before_by_area, before_by_name);
    if (!removed)
      sight_character(now, after, after);
  }
  for (auto& x : concerned_)
    x.effect = removed ? effect::as_is : effect_of(sightings_[x.who].ways);
  return concerned_;
}

std::span<const interest::concern> interest::concerned(const model::event& x) {
  begin_call();
  sight_all(channel_kind::event, x.event_type, after);
  return concerned_;
}

const interest::subscriber* interest::find(slot who) const noexcept {
  return who < subscribers_.size() ? &subscribers_[who] : nullptr;
}

const interest::narrow* interest::find_narrow(slot who) const noexcept {
  const auto* x = find(who);
  return x == nullptr ? nullptr : x->narrow.get();
}

interest::narrow& interest::make_narrow(slot who) {
  auto& x = subscribers_[who].narrow;
  if (!x)
    x = std::make_unique<narrow>();
  return *x;
}

void interest::set_world(slot who, bool on) {
  if (std::exchange(subscribers_[who].world, on) == on)
    return;
  sightings_[who].world = on;
  if (on)
    insert_sorted(world_, who);
  else
    erase_sorted(world_, who);
}

void interest::index(slot who, channel_kind kind, const std::string& name) {
  insert_sorted(by_name_[at(kind)][name], who);
}

void interest::unindex(slot who, channel_kind kind, const std::string& name) {
  const auto xs = by_name_[at(kind)].find(name);
  erase_sorted(xs->second, who);
  if (xs->second.empty())
    by_name_[at(kind)].erase(xs);
}

void interest::set_area(slot who, const std::optional<model::area>& x) {
  if (!x && find_narrow(who) == nullptr)
    return;
  auto& current = make_narrow(who).area;
  if (current)
    areas_.erase(who, *current);
  if (x)
    areas_.insert(who, *x);
  with_area_ += x.has_value();
  with_area_ -= current.has_value();
  current = x;
}

void interest::begin_call() {
  ++call_;
  concerned_.clear();
}

void interest::sight(slot who, std::uint8_t ways) {
  auto& x = sightings_[who];
  if (x.world)
    return;
  if (x.call != call_) {
    x.call = call_;
    x.ways = 0;
    concerned_.push_back({who, effect::as_is});
  }
  x.ways |= ways;
}

void interest::sight_all(channel_kind kind, const std::string& name, std::uint8_t ways) {
  const auto& xs = by_name_[at(kind)];
  if (const auto found = xs.find(name); found != xs.end())
    for (const auto who : found->second)
      sight(who, ways);
}

void interest::sight_character(const model::character& x, std::uint8_t by_area, std::uint8_t by_name) {
  sight_all(channel_kind::character, x.id.text, by_name);
  sight_all(channel_kind::location, x.location, by_name);
  if (x.place)
    areas_.for_each_around(*x.place, [&](slot who) { sight(who, by_area); });
}

} // namespace towncrier::flow
