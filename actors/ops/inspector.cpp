#include "actors/ops/inspector.hpp"

#include "actors/ops/actor_view.hpp"

#include <algorithm>

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t default_limit = 100;
constexpr std::size_t max_limit = 1'000'000;
/// The busiest are sampled so often, and no longer than this after the last question.
constexpr auto sample_interval = 1s;
constexpr auto first_window = 250ms;
constexpr auto sampled_for = 10s;

model::object failure(std::string sentence) { return {{"error", std::move(sentence)}}; }

template <class Promise>
void give(Promise& to, model::value x) {
  to.deliver(protocol::inspect_answer{std::move(x)});
}

std::size_t limit_of(const model::object& question, std::size_t fallback = default_limit) {
  return std::min<std::size_t>(number_of(question, "limit", fallback), max_limit);
}

/// Puts what another node answered beside our own: arrays of one name are joined.
void join(model::object& mine, const model::value& theirs) {
  const auto* members = theirs.get_if<model::object>();
  if (members == nullptr)
    return;
  for (const auto& [key, x] : *members) {
    const auto at = std::find_if(mine.begin(), mine.end(), [&k = key](const auto& m) { return m.first == k; });
    auto* ours = at == mine.end() ? nullptr : at->second.get_if<model::array>();
    if (const auto* rows = x.get_if<model::array>(); rows != nullptr && ours != nullptr)
      ours->insert(ours->end(), rows->begin(), rows->end());
  }
}

} // namespace

inspector_state::inspector_state(self_pointer ptr) : self(ptr) {}

void inspector_state::ask(const protocol::inspect_request& x, promise to) {
  const auto* question = x.question.get_if<model::object>();
  if (question == nullptr)
    return give(to, failure("a question is an object"));
  const auto node = text_of(*question, "node");
  if (node.empty() || node == services.node || (node == "all" && !peers))
    return answer(*question, std::move(to));
  if (!peers)
    return give(to, failure("no node '" + node + "' is known here"));
  auto passed_on = *question;
  model::set(passed_on, "node", std::string{});
  if (node != "all")
    return ask_peers(node, std::move(passed_on), model::value{}, std::move(to));
  // Our own answer first, then theirs beside it.
  self->request(protocol::inspector_actor{self}, 5s, protocol::inspect_request{passed_on})
      .then(
          [this, passed_on, to](protocol::inspect_answer& mine) mutable {
            ask_peers("all", std::move(passed_on), std::move(mine.answer), std::move(to));
          },
          [to](caf::error& e) mutable { to.deliver(std::move(e)); });
}

void inspector_state::ask_peers(const std::string& node, model::object question, model::value mine, promise to) {
  self->request(peers, 2s, protocol::peers_request{node, std::move(question)})
      .then(
          [to, mine, node](const protocol::peers_answer& theirs) mutable {
            if (node != "all")
              return give(to, theirs.answers.empty() ? model::value{failure("node '" + node + "' did not answer")}
                                                     : theirs.answers.front().second);
            auto all = mine.get_if<model::object>() == nullptr ? model::object{} : *mine.get_if<model::object>();
            for (const auto& [from, x] : theirs.answers)
              join(all, x);
            give(to, std::move(all));
          },
          [to, mine](const caf::error&) mutable {
            give(to, mine.is_null() ? model::value{failure("no answer in time")} : std::move(mine));
          });
}

void inspector_state::answer(const model::object& question, promise to) {
  const auto what = text_of(question, "what");
  if (what == "actors")
    give(to, actors(question));
  else if (what == "nodes")
    give(to, nodes());
  else if (what == "kinds")
    give(to, kinds());
  else if (what == "ended")
    give(to, ended());
  else if (what == "actor")
    actor(question, std::move(to));
  else if (what == "top")
    top(question, std::move(to));
  else if (what == "why")
    why(question, std::move(to));
  else if (what == "act")
    act(question, std::move(to));
  else
    give(to, failure("what is asked is not known; known: nodes, actors, actor, top, kinds, ended, why, act"));
}

model::object inspector_state::actors(const model::object& question) const {
  auto rows = hosting::actor_list::all(self->system());
  const auto total = rows.size();
  select(rows, question);
  model::object result{
      {"node", services.node}, {"total", std::uint64_t{total}}, {"matching", std::uint64_t{rows.size()}}};
  const auto limit = limit_of(question);
  if (const auto* wanted = model::find(question, "tree"); wanted != nullptr && *wanted == model::value{true}) {
    result.emplace_back("actors", tree(rows, services.node, {limit, number_of(question, "each", limit)}));
    return result;
  }
  model::array shown;
  for (std::size_t i = 0; i < std::min(limit, rows.size()); ++i)
    shown.emplace_back(view(rows[i], services.node));
  result.emplace_back("actors", std::move(shown));
  return result;
}

model::object inspector_state::nodes() const {
  std::uint64_t count = 0;
  std::uint64_t handled = 0;
  std::uint64_t mailbox = 0;
  std::uint64_t restarts = 0;
  double busy = 0;
  for (const auto& x : hosting::actor_list::kinds(self->system())) {
    count += x.actors;
    handled += x.handled;
    mailbox += x.mailbox;
    restarts += x.restarts;
    busy += x.busy_seconds;
  }
  return {{"nodes", model::array{model::object{{"id", services.node},
                                               {"self", true},
                                               {"actors", count},
                                               {"mailbox", mailbox},
                                               {"handled", handled},
                                               {"busy_seconds", busy},
                                               {"restarts", restarts},
                                               {"counting", hosting::counting_enabled.load()}}}}};
}

model::object inspector_state::kinds() const {
  model::array rows;
  for (const auto& x : hosting::actor_list::kinds(self->system()))
    rows.push_back(model::object{{"kind", x.name},
                                 {"node", services.node},
                                 {"actors", x.actors},
                                 {"mailbox", x.mailbox},
                                 {"handled", x.handled},
                                 {"skipped", x.skipped},
                                 {"busy_seconds", x.busy_seconds},
                                 {"spawned", x.spawned},
                                 {"ended", x.ended},
                                 {"restarts", x.restarts}});
  return {{"kinds", std::move(rows)}};
}

model::object inspector_state::ended() const {
  model::array rows;
  for (const auto& x : hosting::actor_list::ended())
    rows.push_back(model::object{{"id", std::uint64_t{x.id}},
                                 {"kind", hosting::actor_list::kind_name(x.kind)},
                                 {"label", x.label},
                                 {"node", services.node},
                                 {"reason", x.reason},
                                 {"at", x.at}});
  return {{"ended", std::move(rows)}};
}

void inspector_state::actor(const model::object& question, promise to) {
  const auto id = number_of(question, "id", 0);
  auto rows = hosting::actor_list::all(self->system());
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& x) { return x.id == id; });
  const auto who = hosting::actor_list::find(self->system(), id);
  if (at == rows.end() || !who)
    return give(to, failure("no actor " + std::to_string(id) + " lives on node " + services.node));
  auto result = view(*at, services.node);
  result.emplace_back("last_message", hosting::actor_list::last_message(self->system(), id));
  model::array children;
  for (const auto& x : rows)
    if (x.parent == id && children.size() < default_limit)
      children.emplace_back(std::uint64_t{x.id});
  result.emplace_back("children", std::move(children));
  if (who == self->ctrl()) {
    result.emplace_back("state", describe());
    return give(to, std::move(result));
  }
  self->request(caf::actor_cast<caf::actor>(who), 500ms, hosting::state_request{})
      .then(
          [to, result](hosting::state_answer& x) mutable {
            result.emplace_back("state", std::move(x.state));
            give(to, std::move(result));
          },
          [to, result](const caf::error&) mutable {
            result.emplace_back("state", model::value{});
            result.emplace_back("note", "it is too busy to answer: its state is not known");
            give(to, std::move(result));
          });
}

// -- the busiest

void inspector_state::take_sample() {
  before.at = latest_at;
  before.handled_and_busy.clear();
  for (const auto& x : latest)
    before.handled_and_busy.emplace(x.id, std::pair{x.handled, x.busy});
  latest = hosting::actor_list::all(self->system());
  latest_at = self->clock().now();
}

void inspector_state::top(const model::object& question, promise to) {
  asked_at = self->clock().now();
  if (has_window)
    return give(to, busiest(question));
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
    give(x.to, busiest(x.question));
  if (self->clock().now() - asked_at < sampled_for)
    return self->delayed_send(self, sample_interval, protocol::tick_atom::value);
  ticking = has_window = false;
  latest = {};
  before = {};
}

model::object inspector_state::busiest(const model::object& question) const {
  struct ranked {
    const hosting::actor_row* row;
    rates in_window;
  };
  auto rows = latest;
  auto filter = question;
  model::set(filter, "sort", std::string{"busy"});
  select(rows, filter);
  const auto window = std::max(1e-3, std::chrono::duration<double>(latest_at - before.at).count());
  std::vector<ranked> all;
  for (const auto& x : rows) {
    const auto at = before.handled_and_busy.find(x.id);
    const auto [handled, busy] =
        at == before.handled_and_busy.end() ? std::pair<std::uint64_t, std::uint64_t>{} : at->second;
    const auto spent = x.busy > busy ? x.busy - busy : 0;
    all.push_back({&x,
                   {static_cast<double>(x.handled - std::min(handled, x.handled)) / window,
                    static_cast<double>(spent) / 1e9 / window}});
  }
  const auto by = text_of(question, "sort");
  const auto key = [&](const ranked& x) {
    if (by == "mailbox")
      return static_cast<double>(x.row->mailbox);
    if (by == "handled")
      return x.in_window.handled;
    if (by == "wait")
      return static_cast<double>(x.row->last_wait);
    return x.in_window.busy;
  };
  std::stable_sort(all.begin(), all.end(), [&](const auto& x, const auto& y) { return key(x) > key(y); });
  model::array shown;
  for (std::size_t i = 0; i < std::min(limit_of(question, 20), all.size()); ++i)
    shown.emplace_back(view(*all[i].row, services.node, all[i].in_window));
  return {{"node", services.node},
          {"window_seconds", window},
          {"total", std::uint64_t{latest.size()}},
          {"matching", std::uint64_t{rows.size()}},
          {"actors", std::move(shown)}};
}

model::object inspector_state::describe() const {
  return {{"sampling", ticking}, {"knows_peers", static_cast<bool>(peers)}};
}

protocol::inspector_actor::behavior_type inspector(inspector_state::self_pointer self, inspector_services services) {
  self->state.services = std::move(services);
  return {
      [self](const protocol::inspect_request& x) {
        auto promise = self->make_response_promise<protocol::inspect_answer>();
        self->state.ask(x, promise);
        return promise;
      },
      [self](const protocol::inspection_peers_actor& x) { self->state.peers = x; },
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::ops
