#include "actors/cluster/node_lives.hpp"

#include <limits>
#include <utility>

namespace towncrier::cluster {

void node_lives::see(const protocol::cluster_view& x, flow::time_point now) {
  const auto before = std::exchange(lives_, {});
  for (const auto& node : x.nodes)
    lives_[node.id] = node.incarnation;
  for (const auto& [id, life] : before) {
    if (id == options_.node)
      continue;
    const auto at = lives_.find(id);
    if (at == lives_.end() || at->second != life)
      ended_[id] = now + options_.settling_time;
    if (at == lives_.end())
      absent_.try_emplace(id, now + options_.forget_age);
  }
}

std::uint64_t node_lives::first_epoch(const std::string& owner) const {
  if (owner == options_.node)
    return options_.incarnation;
  if (!linked_.contains(owner))
    return std::numeric_limits<std::uint64_t>::max();
  const auto life = lives_.find(owner);
  return life == lives_.end() ? 0 : life->second;
}

std::vector<std::string> node_lives::take_settled(flow::time_point now) {
  std::vector<std::string> result;
  std::erase_if(ended_, [&](const auto& x) {
    const auto& [id, due] = x;
    if (now < due || (linked_.contains(id) && !lives_.contains(id)))
      return false;
    result.push_back(id);
    return true;
  });
  return result;
}

std::vector<std::string> node_lives::take_forgotten(flow::time_point now) {
  std::vector<std::string> result;
  for (auto& [id, due] : absent_)
    if (linked_.contains(id))
      due = now + options_.forget_age;
  std::erase_if(absent_, [&](const auto& x) {
    const auto& [id, due] = x;
    if (lives_.contains(id))
      return true;
    if (now < due)
      return false;
    result.push_back(id);
    return true;
  });
  return result;
}

} // namespace towncrier::cluster
