#include "flow/sliding_window.hpp"

#include <algorithm>

namespace towncrier::flow {

std::optional<duration> sliding_window::admit(time_point now, std::size_t weight) {
  if (weight > options_.max_messages)
    return options_.window;
  if (!entries_.empty())
    now = std::max(now, entries_.back().at);
  forget_until(now);
  const auto free = options_.max_messages - static_cast<std::size_t>(admitted_ - forgotten_);
  if (weight > free)
    return until_free(now, weight - free);
  if (weight > 0)
    note(now, weight);
  return std::nullopt;
}

std::size_t sliding_window::used(time_point now) const noexcept {
  const auto first =
      std::partition_point(entries_.begin(), entries_.end(), [&](const entry& x) { return !counts(x, now); });
  const auto gone = first == entries_.begin() ? forgotten_ : std::prev(first)->total;
  return static_cast<std::size_t>(admitted_ - gone);
}

void sliding_window::forget_until(time_point now) {
  while (!entries_.empty() && !counts(entries_.front(), now))
    forgotten_ = entries_.pop().total;
}

void sliding_window::note(time_point now, std::size_t weight) {
  admitted_ += weight;
  if (!entries_.empty() && entries_.back().at == now)
    entries_.back().total = admitted_;
  else
    entries_.push({now, admitted_});
}

duration sliding_window::until_free(time_point now, std::size_t needed) const {
  const auto last_to_go = std::partition_point(entries_.begin(), entries_.end(),
                                               [&](const entry& x) { return x.total - forgotten_ < needed; });
  return options_.window - (now - last_to_go->at);
}

} // namespace towncrier::flow
