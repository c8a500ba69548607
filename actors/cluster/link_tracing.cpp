#include "actors/cluster/link_tracing.hpp"

#include "tracing/notes.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

using protocol::parcel_kind;

/// Of so many followed messages that are late it is remembered that they are.
constexpr std::size_t max_late = 100;

std::string sentence(link_tracing::delay why, const std::string& peer) {
  switch (why) {
    case link_tracing::delay::no_link:
      return "there is no link with " + peer + " now";
    case link_tracing::delay::not_watched:
      return "no viewer of " + peer + " watches it";
    case link_tracing::delay::window_full:
      return peer + " has not acknowledged what it was sent: the credit window is full";
  }
  return {};
}

} // namespace

// The number of the step out of one node and into the other is derived from the name of the node that the message goes
// to, so that both nodes give the step the same number.

void link_tracing::delayed(const model::batch& x, delay why) {
  for (const auto& [change, mark] : x.followed) {
    if (!model::followed(mark) || late_.size() == max_late)
      continue;
    const auto result = why == delay::not_watched ? tracing::outcome::filtered : tracing::outcome::held;
    tracing::note(mark, {.name = "linked",
                         .result = result,
                         .reason = sentence(why, peer_),
                         .id = tracing::derived_id(mark->parent, peer_)});
    late_.push_back({x.stamp.sequence, mark, hosting::trace_clock()});
  }
}

void link_tracing::sent(const protocol::load& x) {
  const auto& batch = *x.what->batch;
  if (late_.empty() && batch.followed.empty()) [[likely]]
    return;
  if (x.kind == parcel_kind::exact)
    note_sent(batch);
  else if (x.kind == parcel_kind::conflated)
    note_conflated(batch.stamp.sequence);
  else if (x.kind == parcel_kind::thin)
    forget_late(batch.stamp.sequence); // it was noted that nobody watches it
}

void link_tracing::note_sent(const model::batch& x) {
  for (const auto& [change, mark] : x.followed) {
    if (!model::followed(mark))
      continue;
    const auto waited = std::find_if(late_.begin(), late_.end(), [&, &m = mark](const auto& y) { return y.mark == m; });
    const auto kept = waited == late_.end() ? 0 : hosting::trace_clock() - waited->since;
    tracing::note(mark, {.name = "linked", .kept = kept, .id = tracing::derived_id(mark->parent, peer_)});
  }
  forget_late(x.stamp.sequence);
}

void link_tracing::note_conflated(std::uint64_t upto) {
  for (const auto& x : late_)
    if (x.sequence <= upto)
      tracing::note(x.mark, {.name = "linked",
                             .result = tracing::outcome::conflated,
                             .reason = peer_ + " missed so much that it is given the latest states instead",
                             .kept = hosting::trace_clock() - x.since,
                             .id = tracing::derived_id(x.mark->parent, peer_)});
  forget_late(upto);
}

void link_tracing::forget_late(std::uint64_t upto) {
  std::erase_if(late_, [&](const auto& x) { return x.sequence <= upto; });
}

model::batch_ptr link_tracing::arrived(model::batch x, parcel_kind kind) const {
  if (x.followed.empty()) [[likely]]
    return std::make_shared<const model::batch>(std::move(x));
  std::vector<model::marked_change> followed;
  if (tracing::is_on(board_) && kind == parcel_kind::exact)
    for (const auto& [change, mark] : x.followed) {
      const auto way = tracing::derived_id(mark->parent, own_node_);
      if (auto mine =
              tracing::note(board_->adopt(mark, way), {.name = "arrived", .what = tracing::about_of(x, change)}))
        followed.push_back({change, std::move(mine)});
    }
  x.followed = std::move(followed);
  return std::make_shared<const model::batch>(std::move(x));
}

} // namespace towncrier::cluster
