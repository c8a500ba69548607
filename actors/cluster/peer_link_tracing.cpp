#include "actors/cluster/peer_link.hpp"
#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

/// Followed messages that wait for a peer are told of up to so many.
constexpr std::size_t max_late = 100;

} // namespace

/// The steps out of one node and into the other are known to both by the node that the message goes to.
void peer_link_state::follow_later(const model::batch& x, tracing::outcome how, const std::string& reason) {
  for (const auto& [change, mark] : x.followed) {
    if (!model::followed(mark) || late.size() == max_late)
      continue;
    tracing::note(
        mark, {.name = "linked", .result = how, .reason = reason, .id = tracing::derived_id(mark->parent, info.id)});
    late.push_back({x.stamp.sequence, mark, hosting::trace_clock()});
  }
}

void peer_link_state::note_sent(const protocol::load& x) {
  if (x.kind != protocol::parcel_kind::exact)
    return;
  const auto sequence = x.what->batch->stamp.sequence;
  for (const auto& [change, mark] : x.what->batch->followed) {
    if (!model::followed(mark))
      continue;
    const auto waited = std::find_if(late.begin(), late.end(), [&, &m = mark](const auto& y) { return y.mark == m; });
    const auto kept = waited == late.end() ? 0 : hosting::trace_clock() - waited->since;
    tracing::note(mark, {.name = "linked", .kept = kept, .id = tracing::derived_id(mark->parent, info.id)});
  }
  std::erase_if(late, [&](const auto& y) { return y.sequence <= sequence; });
}

void peer_link_state::note_conflated(std::uint64_t upto) {
  for (const auto& x : late)
    if (x.sequence <= upto)
      tracing::note(x.mark, {.name = "linked",
                             .result = tracing::outcome::conflated,
                             .reason = info.id + " missed so much that it is given the latest states instead",
                             .kept = hosting::trace_clock() - x.since,
                             .id = tracing::derived_id(x.mark->parent, info.id)});
  std::erase_if(late, [&](const auto& y) { return y.sequence <= upto; });
}

model::batch_ptr peer_link_state::arrived(model::batch x, protocol::parcel_kind kind) {
  if (x.followed.empty()) [[likely]]
    return std::make_shared<const model::batch>(std::move(x));
  std::vector<model::marked_change> followed;
  if (tracing::is_on(settings.traces) && kind == protocol::parcel_kind::exact)
    for (const auto& [change, mark] : x.followed) {
      const auto way = tracing::derived_id(mark->parent, settings.node);
      if (auto mine = tracing::note(settings.traces->adopt(mark, way),
                                    {.name = "arrived", .what = tracing::about_of(x, change)}))
        followed.push_back({change, std::move(mine)});
    }
  x.followed = std::move(followed);
  return std::make_shared<const model::batch>(std::move(x));
}

} // namespace towncrier::cluster
