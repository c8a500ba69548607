#include "actors/cluster/peer_filter.hpp"

#include <limits>

namespace towncrier::cluster {

void peer_filter::set(const protocol::wants& x) {
  everything_ = x.everything;
  watched_ = {};
  std::vector<flow::channel> channels;
  for (const auto& text : x.channels) {
    auto channel = flow::parse_channel(text);
    // A peer that knows kinds of channels that we do not gets all.
    everything_ = everything_ || !channel;
    if (channel)
      channels.push_back(std::move(*channel));
  }
  watched_.subscribe(0, channels);
}

bool peer_filter::concerns(const protocol::parcel& x) {
  if (everything_ || !watched_.world().empty())
    return true;
  for (std::size_t i = 0; i < x.batch->changes.size(); ++i) {
    const auto& change = x.batch->changes[i];
    const auto* of_character = std::get_if<model::character_change>(&change);
    const auto* before = i < x.before.size() ? x.before[i].get() : nullptr;
    const auto concerned = of_character != nullptr ? watched_.concerned(before, *of_character->now, of_character->kind)
                                                   : watched_.concerned(*std::get<model::event_ptr>(change));
    if (!concerned.empty())
      return true;
  }
  return false;
}

model::value peer_filter::describe() const {
  const auto channels = watched_.watched(std::numeric_limits<std::size_t>::max());
  if (everything_ || !channels)
    return "everything";
  return model::array(channels->begin(), channels->end());
}

} // namespace towncrier::cluster
