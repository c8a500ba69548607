#include "actors/ops/inspector.hpp"

#include "actors/ops/actor_view.hpp"
#include "actors/ops/merged_answer.hpp"

#include <algorithm>

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t default_limit = 100;

model::object failure(std::string sentence) { return {{"error", std::move(sentence)}}; }

template <class Promise>
void give(Promise& to, model::value x) {
  to.deliver(protocol::inspect_answer{std::move(x)});
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
  if (node == "all" && text_of(*question, "action") == "close")
    return give(to, model::object{{"ok", false}, {"error", "connections are called the same on every node: name one"}});
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
  self->request(peers, 2s, protocol::peers_request{node, question})
      .then(
          [to, mine, node, question](protocol::peers_answer& theirs) mutable {
            if (node == "all")
              return give(to, merged(question, std::move(mine), std::move(theirs.answers)));
            give(to, theirs.answers.empty() ? model::value{failure("node '" + node + "' did not answer")}
                                            : std::move(theirs.answers.front().second));
          },
          [to, mine](const caf::error&) mutable {
            give(to, mine.is_null() ? model::value{failure("no answer in time")} : std::move(mine));
          });
}

void inspector_state::answer(const model::object& question, promise to) {
  const auto what = text_of(question, "what");
  if (what == "actors" && text_of(question, "state") == "true" && text_of(question, "tree").empty())
    actors_with_states(question, std::move(to));
  else if (what == "actors")
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
  else if (what == "trace")
    trace(question, std::move(to));
  else if (what == "act")
    act(question, std::move(to));
  else
    give(to, failure("what is asked is not known; known: nodes, actors, actor, top, kinds, ended, why, trace, act"));
}

model::object inspector_state::actors(const model::object& question) const {
  const auto all = hosting::actor_list::all(self->system());
  std::vector<const hosting::actor_row*> rows;
  for (const actor_filter wanted{question}; const auto& x : all)
    if (wanted(x))
      rows.push_back(&x);
  model::object result{
      {"node", services.node}, {"total", std::uint64_t{all.size()}}, {"matching", std::uint64_t{rows.size()}}};
  const auto limit = limit_of(question, default_limit);
  const auto* as_tree = model::find(question, "tree");
  const auto is_tree = as_tree != nullptr && *as_tree == model::value{true};
  keep_first(rows, text_of(question, "sort"), is_tree ? rows.size() : limit);
  if (is_tree) {
    result.emplace_back("actors", tree(rows, services.node, {limit, number_of(question, "each", limit)}));
    return result;
  }
  model::array shown;
  for (const auto* x : rows)
    shown.emplace_back(view(*x, services.node));
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
  const auto row = hosting::actor_list::one(self->system(), id);
  if (!row || !hosting::actor_list::find(self->system(), id))
    return give(to, failure("no actor " + std::to_string(id) + " lives on node " + services.node));
  auto result = view(*row, services.node);
  result.emplace_back("last_message", hosting::actor_list::last_message(self->system(), id));
  add_relations(result, hosting::actor_list::relations(self->system(), id, default_limit));
  ask_state(id, [to, result](model::object more) mutable {
    result.insert(result.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    give(to, std::move(result));
  });
}

void inspector_state::trace(const model::object& question, promise to) {
  if (!services.tracer)
    return give(to, failure("nothing can be followed on node " + services.node));
  self->request(services.tracer, 5s, protocol::inspect_request{question})
      .then([to](protocol::inspect_answer& x) mutable { to.deliver(std::move(x)); },
            [to](caf::error& e) mutable { to.deliver(std::move(e)); });
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
