#include "actors/edge/hub_tracing.hpp"

#include "tracing/notes.hpp"

namespace towncrier::edge {

namespace {

using tracing::outcome;

void note_viewer(const model::trace_ptr& mark, const viewer& x, outcome what, std::string_view reason,
                 std::optional<outcome> before = std::nullopt) {
  tracing::note_receiver(
      mark, {.name = to_string(what), .result = what, .reason = std::string{reason}, .who = hosting::watch_of(x.who)},
      before);
}

} // namespace

std::optional<fanout::followed_item> note_arrival(const model::batch& x, const model::marked_change& marked,
                                                  const fanout::item_ptr& item) {
  tracing::step step{.name = "fan_out", .what = tracing::about_of(x, marked.change)};
  if (!item) {
    step.result = outcome::dropped;
    step.reason = std::holds_alternative<model::event_ptr>(x.changes[marked.change])
                      ? "another node told of it already"
                      : "a later state of the character came before it";
  }
  auto mark = tracing::note(marked.mark, std::move(step));
  return mark && item ? std::optional{fanout::followed_item{item, std::move(mark)}} : std::nullopt;
}

void note_flush(gathered& x, viewers& of, const flow::interest& interest) {
  for (const auto& followed : x.followed()) {
    auto concerned = x.concerned_by(*followed.what);
    concerned.insert(interest.world().begin(), interest.world().end());
    of.for_each_slot([&](slot_type slot, viewer& to) {
      if (!concerned.contains(slot))
        return note_viewer(followed.mark, to, outcome::filtered, unseen_reason(interest, slot));
      if (to.is_live())
        return;
      note_viewer(followed.mark, to, outcome::held, to.missed->reason());
      to.missed->follow({followed.what, followed.mark, true});
    });
  }
}

void note_unseen(const viewer& x, const std::vector<fanout::followed_item>& xs, std::string_view reason) {
  for (const auto& item : xs)
    note_viewer(item.mark, x, outcome::filtered, reason, outcome::held);
}

void note_given_up(const viewer& x, const std::vector<fanout::followed_item>& xs) {
  for (const auto& item : xs)
    note_viewer(item.mark, x, item.what->is_event() ? outcome::dropped : outcome::conflated,
                "it is given the present state of everything it watches instead", outcome::held);
}

} // namespace towncrier::edge
