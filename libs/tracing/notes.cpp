#include "tracing/notes.hpp"

#include "hosting/actor_list.hpp"
#include "tracing/board.hpp"

#include <algorithm>
#include <utility>

namespace towncrier::tracing {

namespace {

using hosting::traced_turn;

/// What is noted of the messages of one board in one turn.
class turn_report final : public hosting::turn_notes {
public:
  turn_report(const board& to, std::int64_t began) : to_(to), began_(began) {}

  message_notes& of(const model::trace_ptr& mark) {
    for (auto& x : all_.messages)
      if (x.mark->id == mark->id && x.mark->began == mark->began)
        return x;
    auto& added = all_.messages.emplace_back();
    added.mark = mark;
    return added;
  }

  /// A span whose handler ends with the turn.
  void add(message_notes& to, span x, bool of_turn) {
    if (to.spans.size() >= max_spans) {
      ++to.left_off;
      return;
    }
    to.spans.push_back(std::move(x));
    if (of_turn)
      open_.emplace_back(static_cast<std::size_t>(&to - all_.messages.data()), to.spans.size() - 1);
  }

  bool has(const message_notes& in, std::uint64_t id) const {
    return std::any_of(in.spans.begin(), in.spans.end(), [&](const span& x) { return x.id == id; });
  }

  void finish(std::int64_t ended, traced_turn* outer) override {
    for (const auto& [message, at] : open_)
      all_.messages[message].spans[at].handler = std::max<std::int64_t>(0, ended - began_);
    open_.clear();
    if (outer == nullptr)
      to_.take(std::move(all_));
    else
      in_turn(*outer, to_).join(all_);
  }

  static turn_report& in_turn(traced_turn& turn, const board& to) {
    return static_cast<turn_report&>(
        turn.notes_of(&to, [&] { return std::make_unique<turn_report>(to, turn.began()); }));
  }

private:
  void join(report& inner) {
    for (auto& x : inner.messages) {
      auto& mine = of(x.mark);
      if (x.what)
        mine.what = std::move(x.what);
      mine.left_off += x.left_off;
      for (std::size_t i = 0; i < outcome_count; ++i)
        mine.receivers[i] += x.receivers[i];
      for (auto& one : x.spans)
        add(mine, std::move(one), false);
    }
  }

  const board& to_;
  std::int64_t began_;
  report all_;
  std::vector<std::pair<std::size_t, std::size_t>> open_;
};

const board& board_of(const model::trace_mark& x) { return static_cast<const board&>(*x.sink); }

span make_span(const model::trace_mark& x, step& what, const traced_turn* turn) {
  span result;
  result.id = what.id != 0 ? what.id : random_id();
  result.parent = x.parent;
  const auto* who = what.who != nullptr ? what.who : turn != nullptr ? &turn->who() : nullptr;
  if (who != nullptr) {
    result.actor = who->id();
    result.kind = hosting::actor_list::kind_name(who->kind());
    result.label = who->label();
  }
  result.step = what.name;
  result.kept = what.kept;
  result.result = what.result;
  result.reason = std::move(what.reason);
  if (turn != nullptr && what.who == nullptr) {
    result.start = turn->began() - what.kept;
    result.mailbox = what.kept != 0 ? 0 : std::max<std::int64_t>(0, turn->began() - x.sent);
  } else {
    result.start = hosting::trace_clock();
  }
  return result;
}

struct noted {
  std::uint64_t id = 0;
  std::int64_t at = 0;
};

noted add(const model::trace_ptr& x, step& what, bool is_receiver, std::optional<outcome> before) {
  auto* turn = traced_turn::current();
  const auto& to = board_of(*x);
  auto made = make_span(*x, what, turn);
  const noted result{made.id, hosting::trace_clock()};
  const auto put = [&](turn_report& in) {
    auto& notes = in.of(x);
    if (what.what)
      notes.what = std::move(what.what);
    if (is_receiver) {
      ++notes.receivers[static_cast<std::size_t>(what.result)];
      if (before)
        --notes.receivers[static_cast<std::size_t>(*before)];
    }
    in.add(notes, std::move(made), what.who == nullptr);
  };
  if (turn != nullptr) {
    put(turn_report::in_turn(*turn, to));
  } else {
    turn_report alone{to, result.at};
    put(alone);
    alone.finish(result.at, nullptr);
  }
  return result;
}

model::trace_ptr next_of(const model::trace_mark& x, const noted& made) {
  auto next = std::make_shared<model::trace_mark>(x);
  next->parent = made.id;
  next->sent = made.at;
  return next;
}

} // namespace

model::trace_ptr note(const model::trace_ptr& x, step what) {
  if (!model::followed(x))
    return nullptr;
  return next_of(*x, add(x, what, false, std::nullopt));
}

model::trace_ptr note_again(const model::trace_ptr& x) {
  if (!model::followed(x))
    return nullptr;
  const auto now = hosting::trace_clock();
  auto* turn = traced_turn::current();
  if (turn != nullptr) {
    auto& in = turn_report::in_turn(*turn, board_of(*x));
    auto& notes = in.of(x);
    // In the same turn, its handler's time is told already.
    if (!in.has(notes, x->parent)) {
      step what{{}};
      what.id = x->parent;
      auto made = make_span(*x, what, turn);
      made.more = true;
      made.kept = std::exchange(made.mailbox, 0);
      in.add(notes, std::move(made), true);
    }
  }
  return next_of(*x, {x->parent, now});
}

void note_receiver(const model::trace_ptr& x, step what, std::optional<outcome> before) {
  if (model::followed(x))
    add(x, what, true, before);
}

model::batch_ptr note_batch(const model::batch_ptr& x, const step& what,
                            std::uint64_t (*id)(std::uint64_t, std::string_view), std::string_view text) {
  if (x->followed.empty()) [[likely]]
    return x;
  auto next = std::make_shared<model::batch>(*x);
  for (auto& [change, mark] : next->followed) {
    auto one = what;
    one.what = about_of(*x, change);
    if (id != nullptr && mark)
      one.id = id(mark->parent, text);
    mark = note(mark, std::move(one));
  }
  std::erase_if(next->followed, [](const auto& y) { return y.mark == nullptr; });
  return next;
}

} // namespace towncrier::tracing
