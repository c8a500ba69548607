#include "actors/edge/viewers.hpp"

#include <algorithm>
#include <cstdint>

namespace towncrier::edge {

std::uint32_t viewers::add(protocol::connection_actor who) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
    memory_.emplace_back();
  }
  const auto slot = free_.back();
  free_.pop_back();
  slot_of_[who.address()] = slot;
  slots_[slot].who = std::move(who);
  slots_[slot].generation = ++generations_;
  return slot;
}

void viewers::remove(std::uint32_t slot) {
  if (find(slot) == nullptr)
    return;
  end_catch_up(slot);
  slot_of_.erase(slots_[slot].who.address());
  slots_[slot] = {};
  memory_[slot] = {};
  free_.push_back(slot);
  if (size() != 0)
    return;
  // Nobody is left: ten thousand may have been here.
  std::vector<viewer>{}.swap(slots_);
  std::vector<lines>{}.swap(memory_);
  std::vector<std::uint32_t>{}.swap(free_);
}

void viewers::attach(std::uint32_t slot, protocol::chunk_sink* sink) {
  constexpr std::uintptr_t line_size = 64;
  slots_[slot].sink = sink;
  auto& kept = memory_[slot] = {};
  if (sink == nullptr)
    return;
  std::vector<std::span<const std::byte>> named;
  sink->name_memory(named);
  std::vector<const void*> wanted;
  for (const auto& x : named)
    for (auto at = reinterpret_cast<std::uintptr_t>(x.data()) / line_size * line_size;
         at < reinterpret_cast<std::uintptr_t>(x.data()) + x.size(); at += line_size)
      wanted.push_back(reinterpret_cast<const void*>(at));
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::copy_n(wanted.begin(), std::min(wanted.size(), kept.size()), kept.begin());
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

catch_up& viewers::begin_catch_up(std::uint32_t slot, std::unique_ptr<catch_up> x) {
  catching_up_.push_back(slot);
  return *(slots_[slot].missed = std::move(x));
}

std::unique_ptr<catch_up> viewers::end_catch_up(std::uint32_t slot) {
  if (slots_[slot].missed)
    std::erase(catching_up_, slot);
  return std::move(slots_[slot].missed);
}

bool viewers::any_waiting() const {
  return std::any_of(catching_up_.begin(), catching_up_.end(), [&](auto slot) { return slots_[slot].is_waiting(); });
}

bool viewers::most_have_left() noexcept {
  constexpr std::size_t many = 64;
  most_ = std::max(most_, size());
  if (most_ - size() < many || size() > most_ / 2)
    return false;
  most_ = size();
  return true;
}

} // namespace towncrier::edge
