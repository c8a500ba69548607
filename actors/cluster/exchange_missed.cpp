#include "actors/cluster/exchange.hpp"
#include "codec/batch.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

using protocol::parcel_kind;

/// The heap that the changes of one part of a conflated parcel hold, about.
constexpr std::size_t part_bytes = 128 * 1024;

/// Cuts changes into the parts of one conflated parcel, all with the stamp of the last batch that they stand for.
class conflator {
public:
  conflator(model::origin_position stamp, protocol::log_answer& to) : stamp_(std::move(stamp)), to_(to) {}

  void add(model::change x) {
    size_ += model::estimated_size(x);
    events_ += std::holds_alternative<model::event_ptr>(x) ? 1 : 0;
    changes_.push_back(std::move(x));
    if (size_ >= part_bytes)
      cut(parcel_kind::part, 0);
  }

  void finish(parcel_kind kind, std::uint64_t lost_events) { cut(kind, lost_events); }

private:
  void cut(parcel_kind kind, std::uint64_t lost_events) {
    auto batch = std::make_shared<const model::batch>(model::batch{stamp_, std::exchange(changes_, {})});
    auto bytes = codec::encode_batch(*batch);
    auto parcel =
        std::make_shared<const protocol::parcel>(protocol::parcel{std::move(batch), std::move(bytes), events_});
    to_.loads.push_back({std::move(parcel), kind, lost_events});
    size_ = 0;
    events_ = 0;
  }

  model::origin_position stamp_;
  protocol::log_answer& to_;
  std::vector<model::change> changes_;
  std::size_t size_ = 0;
  std::uint64_t events_ = 0;
};

} // namespace

/// As it was, where the log has it all and it is not too much; conflated otherwise.
protocol::log_answer exchange_state::missed(const protocol::log_request& x) const {
  if (x.unwanted_upto && x.after && said.reaches(*x.unwanted_upto))
    return conflated(x, *x.unwanted_upto, parcel_kind::thin);
  protocol::log_answer result;
  const auto from = x.after.value_or(0);
  const auto whole = said.reaches(from) && (x.after || said.evicted_events() == 0);
  // A peer that knows nothing is also told of the characters whose nodes are gone: nobody else will.
  const auto as_it_was = x.after || (said.last() != 0 && !knows_orphans());
  if (as_it_was && whole && said.bytes_after(from) <= settings.link.window_bytes) {
    result.upto = from;
    for (auto& record : said.after(from, x.max_bytes)) {
      result.upto = record.sequence;
      result.loads.push_back({std::move(record.payload)});
    }
    result.all = result.upto == said.last();
    result.events = said.events_upto(result.upto);
    return result;
  }
  return conflated(x, said.last(), parcel_kind::conflated);
}

bool exchange_state::knows_orphans() const {
  auto found = false;
  latest.for_each([&](const auto&, const known_state& x) { found = found || is_orphan(x.now->rev); });
  return found;
}

/// Latest states for everything after what the peer has, up to `upto`; and the events, unless it wanted none of them.
/// Who changed after `upto` is left to what brings the peer further.
protocol::log_answer exchange_state::conflated(const protocol::log_request& x, std::uint64_t upto,
                                               parcel_kind kind) const {
  protocol::log_answer result;
  const auto from = x.after.value_or(0);
  const auto is_due = [&](std::uint64_t sequence) { return sequence > from && sequence <= upto; };
  conflator out{{settings.node, settings.incarnation, upto}, result};
  for (const auto& [sequence, character] : removed)
    if (is_due(sequence) && latest.find(character->id) == nullptr)
      out.add(model::character_change{model::change_kind::removed, character, {}, false});
  latest.for_each([&](const auto&, const known_state& known) {
    if (is_due(known.sequence) || (!x.after && is_orphan(known.now->rev)))
      out.add(model::character_change{model::change_kind::update, known.now, {}, true});
  });
  // Whoever begins now has missed nothing.
  if (x.after && kind == parcel_kind::conflated)
    for (const auto& record : said.after(from))
      for (const auto& change : record.payload->batch->changes)
        if (std::holds_alternative<model::event_ptr>(change))
          out.add(change);
  const auto nothing_lost = !x.after || kind == parcel_kind::thin || said.reaches(from);
  out.finish(kind, nothing_lost ? 0 : said.evicted_events() - std::min(x.events, said.evicted_events()));
  result.upto = upto;
  result.events = said.events_upto(upto);
  result.all = upto == said.last();
  return result;
}

} // namespace towncrier::cluster
