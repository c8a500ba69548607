#include "actors/edge/hub.hpp"

#include <algorithm>

namespace towncrier::edge {

model::object hub_state::describe() const {
  model::array asked;
  const auto& requested = wants.requested();
  for (const auto& channel : requested.everything ? std::vector<std::string>{"world"} : requested.channels)
    asked.emplace_back(channel);
  return {{"viewers", std::uint64_t{viewers.size()}},
          {"watching_world", std::uint64_t{interest().world().size()}},
          {"catching_up", std::uint64_t{viewers.catching_up().size()}},
          {"characters", std::uint64_t{replica.latest().size()}},
          {"window_entries", std::uint64_t{window.pending().size()}},
          {"flush_scheduled", window.is_scheduled()},
          {"asks_peers_for", std::move(asked)},
          {"orders_parked", std::uint64_t{wants.parked()}},
          {"forgotten_origins", std::uint64_t{replica.forgotten_origins()}},
          {"position", replica.position().to_string()}};
}

model::object hub_state::why(const protocol::why_request& x) {
  const auto* viewer = viewers.find(x.from);
  if (viewer == nullptr)
    return {{"seen", false}, {"reason", "not_welcome_yet"}};
  auto result = interest_object(interest(), x.from.slot);
  const auto answer = [&](model::value seen, std::string_view reason) {
    result.emplace_back("seen", std::move(seen));
    result.emplace_back("reason", reason);
    return result;
  };
  const auto* found = replica.latest().find(x.character);
  if (found == nullptr)
    return answer(false, replica.latest().last_revision(x.character) ? "character_removed" : "unknown_character");
  const auto& now = *(*found)->now();
  result.insert(result.begin(),
                {{"epoch", now.rev.epoch}, {"version", now.rev.version}, {"changed_at", now.timestamp}});
  if (!interest().visible(x.from.slot, now))
    return answer(false, unseen_reason(interest(), x.from.slot));
  if (!viewer->is_live())
    return answer(false, viewer->missed->reason());
  const auto& pending = window.pending();
  if (std::any_of(pending.begin(), pending.end(), [&](const fanout::entry& e) { return e.what == *found; }))
    return answer(false, "waiting_for_the_flush");
  if ((*found)->number() <= viewer->joined_after)
    return answer(false, "before_it_came");
  if ((*found)->number() <= viewer->subscribed_after)
    return answer(model::value{}, "before_it_subscribed");
  return answer(true, "delivered");
}

} // namespace towncrier::edge
