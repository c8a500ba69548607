#include "actors/edge/partial_batches.hpp"

#include <algorithm>

namespace towncrier::edge {

void partial_batches::add(const model::message_id& id, std::size_t taken, std::vector<std::string> refused) {
  under_way_.push_back({id, taken, std::move(refused)});
}

std::optional<model::object> partial_batches::take(const model::message_id& id) {
  const auto at = std::find_if(under_way_.begin(), under_way_.end(), [&](const batch& x) { return x.id == id; });
  if (at == under_way_.end())
    return std::nullopt;
  model::object result{{"message", "batch: " + std::to_string(at->taken) +
                                       " of its messages were taken, the others are wrong: " + at->refused.front()},
                       {"taken", std::uint64_t{at->taken}},
                       {"refused", model::array{at->refused.begin(), at->refused.end()}}};
  under_way_.erase(at);
  return result;
}

} // namespace towncrier::edge
