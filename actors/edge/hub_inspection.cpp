#include "actors/edge/hub.hpp"

#include <algorithm>

namespace towncrier::edge {

model::object hub_state::describe() const {
  model::array asked;
  for (const auto& channel : wanting.asked.everything ? std::vector<std::string>{"world"} : wanting.asked.channels)
    asked.emplace_back(channel);
  return {{"viewers", std::uint64_t{viewers.size()}},
          {"watching_world", std::uint64_t{interest.world().size()}},
          {"catching_up", std::uint64_t{viewers.catching_up().size()}},
          {"characters", std::uint64_t{latest.size()}},
          {"window_entries", std::uint64_t{window.entries.size()}},
          {"flush_scheduled", window.flush_scheduled},
          {"asks_peers_for", std::move(asked)},
          {"orders_parked", std::uint64_t{wanting.waiting.size()}},
          {"forgotten_origins", std::uint64_t{forgotten.size()}},
          {"position", position.to_string()}};
}

/// Why a viewer is not shown what it does not see.
std::string_view hub_state::unseen_reason(slot_type slot) const {
  return interest.area(slot)                 ? "outside_its_area"
         : interest.channel_count(slot) == 0 ? "nothing_subscribed"
                                             : "not_subscribed";
}

model::object hub_state::why(const protocol::why_request& x) {
  const auto* viewer = viewers.find(x.from);
  if (viewer == nullptr)
    return {{"seen", false}, {"reason", "not_welcome_yet"}};
  auto result = interest_of(x.from.slot);
  const auto answer = [&](model::value seen, std::string_view reason) {
    result.emplace_back("seen", std::move(seen));
    result.emplace_back("reason", reason);
    return result;
  };
  const auto* found = latest.find(x.character);
  if (found == nullptr)
    return answer(false, latest.last_revision(x.character) ? "character_removed" : "unknown_character");
  const auto& now = *(*found)->now();
  result.insert(result.begin(),
                {{"epoch", now.rev.epoch}, {"version", now.rev.version}, {"changed_at", now.timestamp}});
  if (!interest.visible(x.from.slot, now))
    return answer(false, unseen_reason(x.from.slot));
  if (viewer->behind)
    return answer(false, viewer->behind->held ? "held_for_resume" : "catching_up");
  const auto waits = std::any_of(window.entries.begin(), window.entries.end(),
                                 [&](const fanout::entry& e) { return e.what == *found; });
  if (waits)
    return answer(false, "waiting_for_the_flush");
  if ((*found)->number() <= viewer->came_after)
    return answer(false, "before_it_came");
  if ((*found)->number() <= viewer->grew_after)
    return answer(model::value{}, "before_it_subscribed");
  return answer(true, "delivered");
}

} // namespace towncrier::edge
