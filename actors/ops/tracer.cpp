#include "actors/ops/tracer.hpp"

#include "actors/ops/actor_view.hpp"
#include "actors/ops/trace_question.hpp"
#include "model/wall_clock.hpp"

#include <algorithm>
#include <array>

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

model::object failure(unsigned status, std::string sentence) {
  return {{"error", std::move(sentence)}, {"status", std::uint64_t{status}}};
}

void give(tracer_state::promise& to, model::value x) { to.deliver(protocol::inspect_answer{std::move(x)}); }

} // namespace

std::string_view tracer_state::name_of(progress x) noexcept {
  constexpr std::array<std::string_view, 3> names{"following", "complete", "ended"};
  return names[static_cast<std::size_t>(x)];
}

tracer_state::tracer_state(self_pointer ptr) : self(ptr) {}

void tracer_state::take(const tracing::report& x) {
  const auto now = hosting::trace_clock();
  for (const auto& message : x.messages)
    for (const auto id : message.mark->asked)
      if (auto* known = find(id))
        known->noted.add(message, now);
}

void tracer_state::ask(const protocol::inspect_request& x, promise to) {
  const auto* question = x.question.get_if<model::object>();
  const auto op = question == nullptr ? std::string{} : text_of(*question, "op");
  if (op == "start")
    return start(*question, std::move(to));
  if (op == "list")
    return give(to, list());
  const auto id = question == nullptr ? std::nullopt : read_hex(text_of(*question, "id"));
  if (!id)
    return give(to, failure(404, "no such trace"));
  if (op == "show")
    return show(*question, std::move(to));
  if (op == "end")
    return end(*question, std::move(to));
  if (op == "begin")
    return give(to, model::object{{"ok", begin(*id, *question) != nullptr}});
  if (op == "part")
    return give(to, part(*question));
  if (auto* known = find(*id); op == "stop" && known != nullptr)
    finish(*known, text_of(*question, "state") == "complete" ? progress::complete : progress::ended);
  give(to, model::object{{"ok", true}});
}

// -- for operators

void tracer_state::start(const model::object& question, promise to) {
  const auto subject = text_of(question, "subject");
  const auto count = whole_number(question, "count", 1, max_traced_messages);
  const auto seconds = whole_number(question, "seconds", 30, max_traced_seconds);
  if (!is_trace_subject(subject))
    return give(to, failure(400, "give 'subject': character:ID, event:TYPE or connection:c17"));
  if (!count)
    return give(to, failure(400, "'count' must be a whole number from 1 to " + std::to_string(max_traced_messages)));
  if (!seconds)
    return give(to, failure(400, "'seconds' must be a whole number from 1 to " + std::to_string(max_traced_seconds)));
  if (running() >= max_running)
    return give(to,
                failure(429, std::to_string(max_running) + " traces run already: wait until one is over, or end one"));
  const model::object wanted{
      {"subject", subject}, {"origin", services.node}, {"count", *count}, {"seconds", static_cast<double>(*seconds)}};
  auto* made = begin(tracing::random_id(), wanted);
  if (made == nullptr)
    return give(to, failure(429, "too many traces run already"));
  auto answer = summary(*made);
  if (!peers)
    return give(to, std::move(answer));
  // It is followed everywhere when it is answered, as far as nodes answer.
  self->request(peers, 2s, protocol::peers_request{"all", order("begin", *made)})
      .then([to, answer](const protocol::peers_answer&) mutable { give(to, std::move(answer)); },
            [to, answer](const caf::error&) mutable { give(to, std::move(answer)); });
}

void tracer_state::show(const model::object& question, promise to) {
  const auto id = *read_hex(text_of(question, "id"));
  if (find(id) == nullptr)
    return give(to, failure(404, "no trace " + hex_text(id) + " is known here"));
  gather(id, [this, id, to]() mutable {
    const auto* known = find(id);
    if (known == nullptr)
      return give(to, failure(404, "the trace is forgotten"));
    auto answer = summary(*known);
    answer.emplace_back("messages", known->all.show(known->count));
    give(to, std::move(answer));
  });
}

void tracer_state::end(const model::object& question, promise to) {
  auto* known = find(*read_hex(text_of(question, "id")));
  if (known == nullptr)
    return give(to, failure(404, "no such trace is known here"));
  finish(*known, progress::ended);
  tell_peers(order("stop", *known));
  give(to, summary(*known));
}

model::object tracer_state::list() const {
  model::array rows;
  for (const auto& x : traces)
    rows.emplace_back(summary(x));
  return {{"traces", std::move(rows)}};
}

model::object tracer_state::summary(const trace& x) const {
  return {{"id", hex_text(x.id)},      {"subject", x.subject}, {"node", x.node},
          {"state", name_of(x.state)}, {"began", x.began},     {"asked", x.count}};
}

// -- what goes on

void tracer_state::finish(trace& x, progress how) {
  if (x.state != progress::following)
    return;
  x.state = how;
  watch();
}

void tracer_state::watch() {
  std::vector<tracing::watched> all;
  for (const auto& x : traces) {
    if (x.state != progress::following)
      continue;
    // A connection is named by its own node alone.
    const auto foreign = x.of_connection() && x.node != services.node;
    all.push_back({x.id, foreign ? std::string{} : x.subject, x.left, x.of_connection()});
  }
  services.board->watch(std::move(all));
}

void tracer_state::tick() {
  ticking = false;
  const auto now = self->clock().now();
  std::vector<std::uint64_t> own;
  for (auto& x : traces) {
    if (x.state != progress::following)
      continue;
    if (x.of_connection())
      x.left->store(looked_at_per_tick);
    if (x.node == services.node)
      own.push_back(x.id);
    if (now >= x.until)
      finish(x, progress::ended);
  }
  for (const auto id : own)
    gather(id, [] {});
  if (running() != 0 && !std::exchange(ticking, true))
    self->delayed_send(self, tick_interval, protocol::tick_atom::value);
}

tracer_state::trace* tracer_state::find(std::uint64_t id) {
  const auto at = std::find_if(traces.begin(), traces.end(), [&](const trace& x) { return x.id == id; });
  return at == traces.end() ? nullptr : &*at;
}

std::size_t tracer_state::running() const {
  return static_cast<std::size_t>(
      std::count_if(traces.begin(), traces.end(), [](const trace& x) { return x.state == progress::following; }));
}

model::object tracer_state::describe() const {
  model::array rows;
  for (const auto& x : traces) {
    auto row = summary(x);
    row.emplace_back("messages", std::uint64_t{x.noted.size()});
    rows.emplace_back(std::move(row));
  }
  return {{"following", std::uint64_t{running()}}, {"traces", std::move(rows)}};
}

protocol::tracer_actor::behavior_type tracer(tracer_state::self_pointer self, tracer_services services) {
  self->state.services = std::move(services);
  self->state.services.board->tell(self->address());
  return {
      [self](const tracing::report& x) { self->state.take(x); },
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
