#include "actors/edge/flush_window.hpp"

#include <algorithm>

namespace towncrier::edge {

// -- gathered

fanout::chunk_ptr gathered::for_world() const {
  auto result = std::make_shared<fanout::chunk>(entries_, boundaries_, trail_, model::wall_clock());
  result->follow(followed_);
  return result;
}

std::size_t gathered::entries_hash::operator()(const std::vector<fanout::entry>& xs) const noexcept {
  std::size_t seed = xs.size();
  for (const auto& x : xs)
    seed = seed * 31 + std::hash<const void*>{}(x.what.get()) + static_cast<std::size_t>(x.shape);
  return seed;
}

void gathered::sort_concerns() {
  std::stable_sort(concerns_.begin(), concerns_.end(), [](const auto& x, const auto& y) { return x.slot < y.slot; });
}

/// `xs`: all that concerns one viewer.
gathered::part gathered::part_of(std::span<const concern> xs) const {
  part result;
  auto batch = boundaries_.begin();
  for (const auto& x : xs) {
    for (; x.entry >= batch->entries; ++batch)
      result.boundaries.push_back({result.entries.size(), batch->batches});
    result.entries.push_back({entries_[x.entry].what, x.shape});
  }
  result.boundaries.push_back({result.entries.size(), trail_->batches()});
  return result;
}

fanout::chunk_ptr gathered::make_chunk(part x) const {
  std::vector<fanout::followed_item> followed;
  for (const auto& item : followed_)
    if (std::any_of(x.entries.begin(), x.entries.end(), [&](const auto& entry) { return entry.what == item.what; }))
      followed.push_back(item);
  auto result =
      std::make_shared<fanout::chunk>(std::move(x.entries), std::move(x.boundaries), trail_, model::wall_clock());
  result->follow(std::move(followed));
  return result;
}

std::unordered_set<slot_type> gathered::concerned_by(const fanout::item& x) const {
  std::unordered_set<slot_type> result;
  for (const auto& one : concerns_)
    if (entries_[one.entry].what.get() == &x)
      result.insert(one.slot);
  return result;
}

void gathered::clear() {
  entries_.clear();
  boundaries_.clear();
  trail_ = nullptr;
  concerns_.clear();
  followed_.clear();
}

// -- flush_window

void flush_window::begin_batch(const model::position& before, const model::origin_position& stamp) {
  if (!gathered_.trail_)
    gathered_.trail_ = std::make_shared<fanout::trail>();
  gathered_.trail_->add(before, stamp);
}

void flush_window::add(const fanout::item_ptr& x) {
  const auto entry = static_cast<std::uint32_t>(gathered_.entries_.size());
  gathered_.entries_.push_back({x, fanout::shape::as_is});
  const auto concerned = x->is_event() ? interest_.concerned(*std::get<model::event_ptr>(x->what()))
                                       : interest_.concerned(x->before().get(), *x->now(),
                                                             std::get<model::character_change>(x->what()).kind);
  for (const auto& concern : concerned)
    gathered_.concerns_.push_back({concern.who, entry, shape_of(concern.effect)});
}

void flush_window::end_batch() {
  gathered_.boundaries_.push_back({gathered_.entries_.size(), gathered_.trail_->batches()});
}

std::optional<flow::duration> flush_window::schedule(flow::time_point now, flow::duration least_pause) {
  if (std::exchange(is_scheduled_, true))
    return std::nullopt;
  return last_flush_ + least_pause - now;
}

void flush_window::flush_scheduled(flow::time_point now) {
  is_scheduled_ = false;
  flush(now);
}

void flush_window::flush(flow::time_point now) {
  if (gathered_.empty())
    return;
  last_flush_ = now;
  show_(gathered_);
  gathered_.clear();
}

void flush_window::subscribe(slot_type slot, std::span<const flow::channel> channels,
                             const std::optional<model::area>& area, flow::time_point now) {
  flush(now);
  interest_.subscribe(slot, channels, area);
}

void flush_window::unsubscribe(slot_type slot, std::span<const flow::channel> channels, bool area,
                               flow::time_point now) {
  flush(now);
  interest_.unsubscribe(slot, channels, area);
}

void flush_window::remove(slot_type slot, flow::time_point now) {
  flush(now);
  interest_.remove(slot);
}

} // namespace towncrier::edge
