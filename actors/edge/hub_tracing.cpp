#include "actors/edge/hub.hpp"
#include "tracing/notes.hpp"

#include <algorithm>
#include <unordered_set>

namespace towncrier::edge {

namespace {

using tracing::outcome;

bool holds(const std::vector<fanout::entry>& entries, const fanout::item_ptr& x) {
  return std::any_of(entries.begin(), entries.end(), [&](const fanout::entry& e) { return e.what == x; });
}

/// Whether `x` came at `at` or later.
bool comes_from(const place* at, const fanout::item_ptr& x) {
  for (; at->what; at = at->next.get())
    if (std::find(at->what->items.begin(), at->what->items.end(), x) != at->what->items.end())
      return true;
  return false;
}

void note_viewer(const model::trace_ptr& mark, const viewer& x, outcome what, std::string_view reason,
                 std::optional<outcome> before = std::nullopt) {
  tracing::note_receiver(
      mark, {.name = to_string(what), .result = what, .reason = std::string{reason}, .who = hosting::watch_of(x.who)},
      before);
}

} // namespace

/// `item` is what came of the change; nullptr: nothing.
void hub_state::follow(const model::batch& x, const model::marked_change& marked, const fanout::item_ptr& item) {
  tracing::step step{.name = "fan_out", .what = tracing::about_of(x, marked.change)};
  if (!item) {
    step.result = outcome::dropped;
    step.reason = std::holds_alternative<model::event_ptr>(x.changes[marked.change])
                      ? "another node told of it already"
                      : "a later state of the character came before it";
  }
  if (auto mark = tracing::note(marked.mark, std::move(step)); mark && item)
    window.followed.push_back({item, std::move(mark)});
}

std::vector<fanout::followed_item> hub_state::followed_in(const std::vector<fanout::entry>& entries) const {
  std::vector<fanout::followed_item> result;
  for (const auto& x : window.followed)
    if (holds(entries, x.what))
      result.push_back(x);
  return result;
}

/// What became of the window's followed items for those who were not shown them.
void hub_state::note_viewers() {
  for (const auto& followed : window.followed) {
    const auto entry = std::find_if(window.entries.begin(), window.entries.end(),
                                    [&](const fanout::entry& e) { return e.what == followed.what; });
    const auto index = static_cast<std::uint32_t>(entry - window.entries.begin());
    std::unordered_set<slot_type> concerned{interest.world().begin(), interest.world().end()};
    for (const auto& x : window.concerns)
      if (x.entry == index)
        concerned.insert(x.slot);
    viewers.for_each_slot([&](slot_type slot, viewer& x) {
      if (!concerned.contains(slot))
        return note_viewer(followed.mark, x, outcome::filtered, unseen_reason(slot));
      if (!x.behind)
        return;
      note_viewer(followed.mark, x, outcome::held, x.behind->held ? "held_for_resume" : "catching_up");
      x.behind->followed.push_back({followed.what, followed.mark, true});
    });
  }
}

/// Those of the followed items of a viewer that catches up which it is given now, as `entries`, or is not given at all.
std::vector<fanout::followed_item> hub_state::take_followed(slot_type slot, const std::vector<fanout::entry>& entries) {
  std::vector<fanout::followed_item> given;
  auto& to = *viewers.find(slot);
  std::erase_if(to.behind->followed, [&](fanout::followed_item& x) {
    if (holds(entries, x.what))
      given.push_back(x);
    else if (comes_from(to.behind->next.get(), x.what))
      return false;
    else
      note_viewer(x.mark, to, outcome::filtered, unseen_reason(slot), outcome::held);
    return true;
  });
  return given;
}

void hub_state::give_up_followed(slot_type slot, std::string_view reason) {
  auto& of = *viewers.find(slot);
  for (const auto& x : of.behind->followed)
    note_viewer(x.mark, of, x.what->is_event() ? outcome::dropped : outcome::conflated, reason, outcome::held);
  of.behind->followed.clear();
}

} // namespace towncrier::edge
