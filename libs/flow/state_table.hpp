#pragma once

#include "model/change.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

namespace towncrier::flow {

/// The latest state of every character, as an `Entry` (cheap to copy and default constructible, such as a shared
/// pointer). Nothing older than what is known gets in: not even after a removal, which is remembered until
/// `max_tombstones` others came after it.
template <class Entry>
class state_table {
public:
  struct applied {
    /// Whether the change was newer than what is known. If not, nothing was done.
    bool accepted = false;
    /// What stood there before; default constructed when nothing did.
    Entry previous{};
  };

  explicit state_table(std::size_t max_tombstones = 100'000) noexcept : max_tombstones_(max_tombstones) {}

  state_table(state_table&&) noexcept = default;
  state_table& operator=(state_table&&) noexcept = default;

  /// Takes `x` in as the latest of its character, or takes the character out when it was removed. Accepted when its
  /// revision is strictly greater, by (epoch, version), than the last known. O(1).
  applied apply(const model::character_change& x, Entry entry) {
    const auto& id = x.now->id;
    const auto& rev = x.now->rev;
    if (const auto known = last_revision(id); known && rev <= *known)
      return {};
    forget_tombstone(id);
    return {true, x.kind == model::change_kind::removed ? remove(id, rev) : replace(id, rev, std::move(entry))};
  }

  /// The latest state of `id`; nullptr when it is unknown or was removed. Valid until the next `apply`.
  const Entry* find(const model::character_id& id) const {
    const auto at = states_.find(id);
    return at == states_.end() ? nullptr : &at->second.entry;
  }

  /// The last revision known of `id`, also of one that was removed.
  std::optional<model::revision> last_revision(const model::character_id& id) const {
    if (const auto at = states_.find(id); at != states_.end())
      return at->second.rev;
    if (const auto at = tombstone_of_.find(id); at != tombstone_of_.end())
      return at->second->rev;
    return std::nullopt;
  }

  /// Calls `f(id, entry)` for every character that was not removed, in no order. `f` must not call `apply`.
  template <class F>
  void for_each(F f) const {
    for (const auto& [id, x] : states_)
      f(id, x.entry);
  }

  /// Calls `f(id, revision)` for the latest `most` removals that are remembered, newest first. `f` must not call
  /// `apply`.
  template <class F>
  void for_each_removed(std::size_t most, F f) const {
    for (auto at = tombstones_.rbegin(); at != tombstones_.rend() && most > 0; ++at, --most)
      f(at->id, at->rev);
  }

  /// How many characters there are, removed ones not counted.
  std::size_t size() const noexcept { return states_.size(); }
  std::size_t tombstones() const noexcept { return tombstones_.size(); }

private:
  struct state {
    model::revision rev;
    Entry entry{};
  };

  struct tombstone {
    model::character_id id;
    model::revision rev;
  };

  Entry replace(const model::character_id& id, const model::revision& rev, Entry entry) {
    auto& current = states_[id];
    current.rev = rev;
    return std::exchange(current.entry, std::move(entry));
  }

  Entry remove(const model::character_id& id, const model::revision& rev) {
    tombstones_.push_back({id, rev});
    tombstone_of_.emplace(id, std::prev(tombstones_.end()));
    while (tombstones_.size() > max_tombstones_)
      forget_tombstone(model::character_id{tombstones_.front().id});
    auto node = states_.extract(id);
    return node.empty() ? Entry{} : std::move(node.mapped().entry);
  }

  void forget_tombstone(const model::character_id& id) {
    if (const auto at = tombstone_of_.find(id); at != tombstone_of_.end()) {
      tombstones_.erase(at->second);
      tombstone_of_.erase(at);
    }
  }

  std::size_t max_tombstones_;
  std::unordered_map<model::character_id, state> states_;
  /// Oldest first.
  std::list<tombstone> tombstones_;
  std::unordered_map<model::character_id, typename std::list<tombstone>::iterator> tombstone_of_;
};

} // namespace towncrier::flow
