#include "actors/edge/replica.hpp"

#include <algorithm>
#include <cassert>

namespace towncrier::edge {

using protocol::parcel_kind;

std::optional<model::origin_position> replica::stamp_of(const model::batch& x, parcel_kind kind) const {
  auto stamp = x.stamp;
  if (kind == parcel_kind::objection) {
    stamp.sequence = 0;
    return stamp;
  }
  const auto known = position_.find(stamp.origin);
  if (known && model::position::mark{stamp.incarnation, stamp.sequence} <= *known)
    return std::nullopt;
  return stamp;
}

std::shared_ptr<record> replica::begin_record(const model::batch& x, model::origin_position stamp, parcel_kind kind,
                                              const wants_ptr& in_force) {
  const auto before = position_.find(stamp.origin);
  position_.advance(stamp);
  written_position_ = nullptr;
  auto result =
      std::make_shared<record>(record{std::move(stamp), {}, model::estimated_size(x), kind == parcel_kind::exact});
  if (kind == parcel_kind::thin) {
    // Whoever watches no more than was asked of the peers can resume over it all the same.
    const auto same_life = before && before->incarnation == result->stamp.incarnation;
    result->exact = !in_force->everything;
    result->complete_for = in_force;
    result->stands_for = result->stamp.sequence - (same_life ? before->sequence : 0);
  }
  return result;
}

fanout::item_ptr replica::apply(const model::change& x) {
  const auto* change = std::get_if<model::character_change>(&x);
  if (change == nullptr) {
    const auto key = std::get<model::event_ptr>(x)->key;
    return key != 0 && !event_keys_.add(key) ? nullptr : std::make_shared<const fanout::item>(x);
  }
  const auto* known = latest_.find(change->now->id);
  auto item = std::make_shared<const fanout::item>(x, known != nullptr ? (*known)->now() : nullptr, changes_ + 1);
  if (!latest_.apply(*change, item).accepted)
    return nullptr;
  ++changes_;
  return item;
}

void replica::end_record(std::shared_ptr<record> x, parcel_kind kind, flow::time_point now) {
  if (kind == parcel_kind::objection && !x->items.empty())
    restated_until_ = now + limits_.max_age;
  pending_.push_back(std::move(x));
}

void replica::keep(flow::time_point now) {
  for (auto& record : pending_) {
    const auto place = stream_.append(record);
    unaccounted_bytes_ += record->bytes; // the stream keeps those between two of the history as well
    if (record->exact) {
      history_.append(record->stamp, place, std::exchange(unaccounted_bytes_, 0), now, record->stands_for);
    } else {
      history_.skip(record->stamp);
      forgotten_.note_undated(record->stamp);
    }
  }
  pending_.clear();
}

const fanout::position_text& replica::position_text() {
  if (!written_position_)
    written_position_ = std::make_shared<const std::string>(position_.to_string());
  return written_position_;
}

std::optional<replica::start> replica::missed_since(const model::position& x, const protocol::wants& watched) const {
  assert(!has_pending() && "what is pending would be missed: it is in the position, and not in the stream");
  auto from = forgotten_.translate(x, position_);
  if (!from)
    return std::nullopt;
  const auto missed = history_.since(*from, position_);
  if (!missed)
    return std::nullopt;
  const auto has_all = [&](const place_ptr& at) {
    return !at->what->complete_for || covers(*at->what->complete_for, watched);
  };
  if (!std::all_of(missed->begin(), missed->end(), has_all))
    return std::nullopt;
  return start{std::move(*from), missed->empty() ? stream_.end() : missed->front()};
}

bool replica::is_ahead(const model::position& x) const {
  return std::any_of(x.marks().begin(), x.marks().end(), [&](const auto& entry) {
    const auto here = position_.find(entry.first);
    return here && peers_.contains(entry.first) && entry.second > *here;
  });
}

bool replica::is_ahead(std::string_view position_text) const {
  const auto x = peers_.empty() || position_text.empty() ? std::nullopt : model::position::parse(position_text);
  return x && is_ahead(*x);
}

void replica::forget(const std::string& origin) {
  forgotten_.forget(origin, position_);
  written_position_ = nullptr;
  history_.erase(origin);
  peers_.erase(origin);
}

void replica::evict(flow::time_point now) {
  history_.evict(now);
  pieces_.forget(now);
}

} // namespace towncrier::edge
