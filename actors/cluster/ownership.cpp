#include "actors/cluster/ownership.hpp"

#include <algorithm>

namespace towncrier::cluster {

namespace {

/// Removals that are remembered for peers.
constexpr std::size_t max_removed = 100'000;

/// Only what was said shortly before a node's end may have reached some and not others.
constexpr std::size_t max_orphaned_removals = 1000;

} // namespace

std::vector<model::character_ptr> ownership::take_own(const model::batch& x, conflicts& found) {
  std::vector<model::character_ptr> before;
  for (std::size_t i = 0; i < x.changes.size(); ++i) {
    const auto* change = std::get_if<model::character_change>(&x.changes[i]);
    auto was = change == nullptr ? nullptr : take_own(*change, x.stamp.sequence, found);
    if (was == nullptr)
      continue;
    before.resize(x.changes.size());
    before[i] = std::move(was);
  }
  return before;
}

void ownership::take_foreign(const model::batch& x, bool is_objection, conflicts& found) {
  for (const auto& change : x.changes)
    if (const auto* of_character = std::get_if<model::character_change>(&change))
      take_foreign(*of_character, is_objection, found);
}

model::character_ptr ownership::take_own(const model::character_change& x, std::uint64_t sequence, conflicts& found) {
  const auto done = apply(x, sequence);
  if (!done.accepted) {
    // Somebody else's is the later one: the publisher here is not the owner any more.
    const auto above = *latest_.last_revision(x.now->id);
    found.lost.characters.push_back({x.now->id, above, lives_.is_orphan(above) ? x.now : nullptr});
    return nullptr;
  }
  const auto& was = done.previous.now;
  if (x.kind != model::change_kind::removed)
    return was && was->location != x.now->location ? was : nullptr;
  removed_.push({sequence, x.now});
  if (removed_.size() > max_removed)
    removed_.pop();
  return was;
}

void ownership::take_foreign(const model::character_change& x, bool is_objection, conflicts& found) {
  const auto done = apply(x, 0);
  const auto& id = x.now->id;
  if (done.accepted && done.previous.sequence != 0)
    found.lost.characters.push_back({id, x.now->rev, is_objection ? done.previous.now : nullptr});
  if (done.accepted || is_objection)
    return;
  // Its owner would tell the peer, if it could.
  const auto above = *latest_.last_revision(id);
  if (above == x.now->rev || !lives_.is_orphan(above))
    return;
  if (const auto* known = latest_.find(id)) {
    found.objections.push_back(model::character_change{model::change_kind::update, known->now, {}, true});
  } else {
    auto last = std::make_shared<model::character>(*x.now);
    last->rev = above;
    found.objections.push_back(model::character_change{model::change_kind::removed, std::move(last), {}, false});
  }
}

flow::state_table<ownership::known_state>::applied ownership::apply(const model::character_change& x,
                                                                    std::uint64_t sequence) {
  auto done = latest_.apply(x, {x.now, sequence});
  if (done.accepted)
    count(done.previous.now, x);
  return done;
}

/// Most changes are of the character's owner, in the epoch that it has: then nothing is done.
void ownership::count(const model::character_ptr& before, const model::character_change& x) {
  const auto stays = x.kind != model::change_kind::removed;
  if (before && stays && before->rev.epoch == x.now->rev.epoch && before->rev.owner == x.now->rev.owner)
    return;
  if (stays)
    ++owned_[x.now->rev.owner][x.now->rev.epoch];
  if (!before)
    return;
  const auto owner = owned_.find(before->rev.owner);
  const auto epoch = owner->second.find(before->rev.epoch);
  if (--epoch->second == 0)
    owner->second.erase(epoch);
  if (owner->second.empty())
    owned_.erase(owner);
}

bool ownership::knows_orphans() const {
  return std::any_of(owned_.begin(), owned_.end(),
                     [this](const auto& x) { return x.second.begin()->first < lives_.first_epoch(x.first); });
}

protocol::lookup_answer ownership::look_up(const protocol::lookup_request& x) const {
  protocol::lookup_answer result;
  for (const auto& id : x.ids) {
    const auto* known = latest_.find(id);
    result.entries.push_back({latest_.last_revision(id).value_or(model::revision{}), known ? known->now : nullptr});
  }
  return result;
}

void ownership::for_each_changed(std::uint64_t after, std::uint64_t upto, bool with_orphans, const visitor& f) const {
  const auto is_due = [&](std::uint64_t sequence) { return sequence > after && sequence <= upto; };
  for (const auto& [sequence, character] : removed_)
    if (is_due(sequence) && latest_.find(character->id) == nullptr)
      f(model::character_change{model::change_kind::removed, character, {}, false});
  const auto orphans = with_orphans && knows_orphans();
  latest_.for_each([&](const auto&, const known_state& x) {
    if (is_due(x.sequence) || (orphans && lives_.is_orphan(x.now->rev)))
      f(model::character_change{model::change_kind::update, x.now, {}, true});
  });
}

void ownership::for_each_orphan_of(const std::string& owner, const visitor& f) const {
  const auto is_of_it = [&](const model::revision& x) { return x.owner == owner && lives_.is_orphan(x); };
  if (owned_.contains(owner))
    latest_.for_each([&](const auto&, const known_state& x) {
      if (is_of_it(x.now->rev))
        f(model::character_change{model::change_kind::update, x.now, {}, true});
    });
  latest_.for_each_removed(max_orphaned_removals, [&](const model::character_id& id, const model::revision& rev) {
    if (is_of_it(rev))
      f(model::character_change{
          model::change_kind::removed,
          std::make_shared<const model::character>(model::character{id, {}, {}, {}, {}, {}, rev, 0}),
          {},
          false});
  });
}

} // namespace towncrier::cluster
