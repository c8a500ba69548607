#include "actors/cluster/parcel_log.hpp"

#include "codec/batch.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

using protocol::parcel_kind;

/// The heap that the changes of one part of a conflated parcel hold, about.
constexpr std::size_t part_bytes = 128 * 1024;

std::uint64_t count_events(const model::batch& x) {
  return static_cast<std::uint64_t>(std::count_if(x.changes.begin(), x.changes.end(), [](const auto& change) {
    return std::holds_alternative<model::event_ptr>(change);
  }));
}

protocol::parcel_ptr encode(model::batch_ptr x, std::vector<model::character_ptr> before) {
  auto bytes = codec::encode_batch(*x);
  const auto events = count_events(*x);
  return std::make_shared<const protocol::parcel>(
      protocol::parcel{std::move(x), std::move(bytes), events, std::move(before)});
}

/// Cuts changes into the parts of one conflated parcel, all with the stamp of the last batch that they stand for.
class conflator {
public:
  conflator(model::origin_position stamp, std::vector<protocol::load>& to) : stamp_(std::move(stamp)), to_(to) {}

  void add(model::change x) {
    size_ += model::estimated_size(x);
    changes_.push_back(std::move(x));
    if (size_ >= part_bytes)
      cut(parcel_kind::part, 0);
  }

  void finish(parcel_kind kind, std::uint64_t lost_events) { cut(kind, lost_events); }

private:
  void cut(parcel_kind kind, std::uint64_t lost_events) {
    auto batch = std::make_shared<const model::batch>(model::batch{stamp_, std::exchange(changes_, {})});
    to_.push_back({encode(std::move(batch), {}), kind, lost_events});
    size_ = 0;
  }

  model::origin_position stamp_;
  std::vector<protocol::load>& to_;
  std::vector<model::change> changes_;
  std::size_t size_ = 0;
};

} // namespace

protocol::parcel_ptr parcel_log::append(model::batch_ptr x, std::vector<model::character_ptr> before,
                                        flow::time_point now) {
  const auto sequence = x->stamp.sequence;
  const auto heap = model::estimated_size(*x);
  auto parcel = encode(std::move(x), std::move(before));
  said_.append(sequence, parcel, parcel->bytes.size() + heap, parcel->events, now);
  return parcel;
}

protocol::log_answer parcel_log::missed(const protocol::log_request& x, const ownership& characters) const {
  if (x.unwanted_upto && x.after && said_.reaches(*x.unwanted_upto))
    return conflated(x, characters, *x.unwanted_upto, parcel_kind::thin);
  const auto from = x.after.value_or(0);
  const auto has_all = said_.reaches(from) && (x.after || said_.evicted_events() == 0);
  // A peer that knows nothing is also told of the characters whose nodes are gone: nobody else will.
  const auto batches_will_do = x.after || (said_.last() != 0 && !characters.knows_orphans());
  if (batches_will_do && has_all && said_.bytes_after(from) <= options_.window_bytes)
    return as_it_was(from, x.max_bytes);
  return conflated(x, characters, said_.last(), parcel_kind::conflated);
}

protocol::log_answer parcel_log::as_it_was(std::uint64_t after, std::size_t max_bytes) const {
  protocol::log_answer result;
  result.upto = after;
  for (auto& record : said_.after(after, max_bytes)) {
    result.upto = record.sequence;
    result.loads.push_back({std::move(record.payload)});
  }
  result.all = result.upto == said_.last();
  result.events = said_.events_upto(result.upto);
  return result;
}

/// The latest states for everything after what the peer has, up to `upto`; and the events, unless nobody there watches
/// them. Characters that changed after `upto` are left to what brings the peer further.
protocol::log_answer parcel_log::conflated(const protocol::log_request& x, const ownership& characters,
                                           std::uint64_t upto, parcel_kind kind) const {
  protocol::log_answer result;
  const auto from = x.after.value_or(0);
  conflator out{stamp_at(upto), result.loads};
  characters.for_each_changed(from, upto, !x.after, [&](model::change y) { out.add(std::move(y)); });
  // Whoever begins now has missed no events.
  if (x.after && kind == parcel_kind::conflated)
    for (const auto& record : said_.after(from))
      for (const auto& change : record.payload->batch->changes)
        if (std::holds_alternative<model::event_ptr>(change))
          out.add(change);
  const auto nothing_lost = !x.after || kind == parcel_kind::thin || said_.reaches(from);
  out.finish(kind, nothing_lost ? 0 : said_.evicted_events() - std::min(x.events, said_.evicted_events()));
  result.upto = upto;
  result.events = said_.events_upto(upto);
  result.all = upto == said_.last();
  return result;
}

} // namespace towncrier::cluster
