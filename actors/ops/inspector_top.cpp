#include "actors/ops/actor_view.hpp"
#include "actors/ops/inspector.hpp"

#include <algorithm>

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t default_limit = 20;
/// The busiest are sampled so often, and no longer than this after the last question.
constexpr auto sample_interval = 1s;
constexpr auto first_window = 250ms;
constexpr auto sampled_for = 10s;

struct ranked {
  const hosting::actor_row* row = nullptr;
  rates in_window;
};

double key_of(const ranked& x, std::string_view sort) {
  if (sort == "mailbox")
    return static_cast<double>(x.row->mailbox);
  if (sort == "handled")
    return x.in_window.handled;
  return sort == "wait" ? static_cast<double>(x.row->last_wait) : x.in_window.busy;
}

} // namespace

void inspector_state::take_sample() {
  before.at = latest_at;
  before.actors.clear();
  for (const auto& x : latest)
    before.actors.push_back({x.id, x.handled, x.busy});
  std::sort(before.actors.begin(), before.actors.end(), [](const auto& x, const auto& y) { return x.id < y.id; });
  latest = hosting::actor_list::all(self->system());
  latest_at = self->clock().now();
}

void inspector_state::top(const model::object& question, promise to) {
  asked_at = self->clock().now();
  if (has_window) {
    to.deliver(protocol::inspect_answer{busiest(question)});
    return;
  }
  waiting_for_window.push_back({question, std::move(to)});
  if (std::exchange(ticking, true))
    return;
  take_sample();
  self->delayed_send(self, first_window, protocol::tick_atom::value);
}

void inspector_state::tick() {
  take_sample();
  has_window = true;
  for (auto& x : std::exchange(waiting_for_window, {}))
    x.to.deliver(protocol::inspect_answer{busiest(x.question)});
  if (self->clock().now() - asked_at < sampled_for)
    return self->delayed_send(self, sample_interval, protocol::tick_atom::value);
  ticking = has_window = false;
  latest = {};
  before = {};
}

/// What the actor did between the last two samples.
rates inspector_state::rates_of(const hosting::actor_row& x, double window) const {
  const auto at = std::lower_bound(before.actors.begin(), before.actors.end(), x.id,
                                   [](const auto& y, caf::actor_id id) { return y.id < id; });
  const auto then = at == before.actors.end() || at->id != x.id ? sample::one{} : *at;
  return {static_cast<double>(x.handled - std::min(then.handled, x.handled)) / window,
          static_cast<double>(x.busy - std::min(then.busy, x.busy)) / 1e9 / window};
}

model::object inspector_state::busiest(const model::object& question) const {
  const auto window = std::max(1e-3, std::chrono::duration<double>(latest_at - before.at).count());
  std::vector<ranked> all;
  rates sum;
  std::uint64_t mailbox = 0;
  for (const actor_filter wanted{question}; const auto& x : latest)
    if (wanted(x)) {
      const auto& mine = all.emplace_back(ranked{&x, rates_of(x, window)}).in_window;
      sum.handled += mine.handled;
      sum.busy += mine.busy;
      mailbox += x.mailbox;
    }
  const auto matching = all.size();
  const auto sort = text_of(question, "sort");
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(limit_of(question, default_limit), matching));
  std::partial_sort(all.begin(), end, all.end(), [&](const auto& x, const auto& y) {
    const auto one = key_of(x, sort);
    const auto other = key_of(y, sort);
    return one != other ? one > other : x.row->id < y.row->id;
  });
  model::array shown;
  for (auto at = all.begin(); at != end; ++at)
    shown.emplace_back(view(*at->row, services.node, at->in_window));
  return {{"node", services.node},
          {"window_seconds", window},
          {"total", std::uint64_t{latest.size()}},
          {"matching", std::uint64_t{matching}},
          {"handled_rate", sum.handled},
          {"busy_share", sum.busy},
          {"mailbox", mailbox},
          {"actors", std::move(shown)}};
}

} // namespace towncrier::ops
