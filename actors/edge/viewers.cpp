#include "actors/edge/viewers.hpp"

namespace towncrier::edge {

std::uint32_t viewers::add(protocol::connection_actor who) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const auto slot = free_.back();
  free_.pop_back();
  slots_[slot] = {};
  slot_of_[who.address()] = slot;
  slots_[slot].who = std::move(who);
  slots_[slot].generation = ++generations_;
  return slot;
}

void viewers::remove(std::uint32_t slot) {
  if (find(slot) == nullptr)
    return;
  end_catching_up(slot);
  slot_of_.erase(slots_[slot].who.address());
  slots_[slot] = {};
  free_.push_back(slot);
}

viewer* viewers::find(std::uint32_t slot) noexcept {
  return slot < slots_.size() && slots_[slot].who ? &slots_[slot] : nullptr;
}

viewer* viewers::find(const protocol::viewer_ref& x) noexcept {
  auto* found = find(x.slot);
  return found != nullptr && found->who == x.viewer ? found : nullptr;
}

std::optional<std::uint32_t> viewers::slot_of(const caf::actor_addr& who) const {
  const auto at = slot_of_.find(who);
  return at == slot_of_.end() ? std::nullopt : std::optional{at->second};
}

void viewers::begin_catching_up(std::uint32_t slot) {
  if (!std::exchange(slots_[slot].catching_up, true))
    catching_up_.push_back(slot);
}

void viewers::end_catching_up(std::uint32_t slot) {
  auto& x = slots_[slot];
  if (!std::exchange(x.catching_up, false))
    return;
  x.held = false;
  x.missed = {};
  x.missed_bytes = 0;
  std::erase(catching_up_, slot);
}

} // namespace towncrier::edge
