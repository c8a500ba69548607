#include "actors/ops/actor_view.hpp"
#include "actors/ops/trace_question.hpp"
#include "actors/ops/tracer.hpp"

#include <algorithm>
#include <utility>

namespace towncrier::ops {

namespace {

using namespace std::chrono_literals;

/// Nothing is noted of a message any more when there was silence for so long.
constexpr double quiet_ms = 400;
/// Messages that a node remembers of a trace that follows a connection, until it is known whether that has a part in
/// them.
constexpr std::size_t remembered = 128;

} // namespace

tracer_state::trace* tracer_state::begin(std::uint64_t id, const model::object& question) {
  if (auto* known = find(id))
    return known;
  const auto count = whole_number(question, "count", 1, max_traced_messages);
  const auto* seconds = model::find(question, "seconds");
  const auto time = seconds == nullptr ? 0.0 : seconds->number_or(0);
  const auto subject = text_of(question, "subject");
  if (id == 0 || !count || !is_trace_subject(subject) || !(time > 0) ||
      time > static_cast<double>(max_traced_seconds) || running() >= 2 * max_running)
    return nullptr;
  if (traces.size() >= max_kept) {
    const auto over =
        std::find_if(traces.begin(), traces.end(), [](const trace& x) { return x.state != progress::following; });
    if (over == traces.end())
      return nullptr;
    traces.erase(over);
  }
  auto& made = traces.emplace_back();
  made.id = id;
  made.subject = subject;
  made.node = text_of(question, "origin");
  made.count = *count;
  made.until =
      self->clock().now() + std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>{time});
  made.began = static_cast<double>(hosting::trace_clock() / 1000) / 1e6;
  const auto limit = made.of_connection() ? looked_at_per_tick : static_cast<std::int64_t>(*count);
  made.left = std::make_shared<std::atomic<std::int64_t>>(limit);
  // Other nodes may begin as many.
  made.noted = trace_part{made.of_connection() ? remembered : static_cast<std::size_t>(*count) * 4};
  watch();
  if (!std::exchange(ticking, true))
    self->delayed_send(self, tick_interval, protocol::tick_atom::value);
  return &made;
}

model::object tracer_state::part(const model::object& question) {
  const auto* known = begin(*read_hex(text_of(question, "id")), question);
  if (known == nullptr)
    return {{"messages", model::array{}}};
  return {{"messages", known->noted.show(services.node, hosting::trace_clock())}};
}

model::object tracer_state::order(std::string_view op, const trace& x) const {
  const auto left = std::chrono::duration<double>{x.until - self->clock().now()}.count();
  return {{"what", "trace"},
          {"op", op},
          {"id", hex_text(x.id)},
          {"subject", x.subject},
          {"node", ""},
          {"origin", x.node},
          {"count", x.count},
          {"seconds", x.state == progress::following ? left : 0.0},
          {"state", name_of(x.state)}};
}

void tracer_state::tell_peers(model::object question) {
  if (peers)
    self->request(peers, 2s, protocol::peers_request{"all", std::move(question)})
        .then([](const protocol::peers_answer&) {}, [](const caf::error&) {});
}

void tracer_state::gather(std::uint64_t id, std::function<void()> done) {
  auto& mine = *find(id);
  mine.all.add(mine.noted.show(services.node, hosting::trace_clock()));
  if (!peers) {
    gathered(mine);
    return done();
  }
  const auto finish_with = [this, id, done](const protocol::peers_answer& x) {
    if (auto* known = find(id)) {
      for (const auto& [node, answer] : x.answers)
        if (const auto* messages = answer.find("messages"))
          known->all.add(*messages);
      gathered(*known);
    }
    done();
  };
  self->request(peers, 2s, protocol::peers_request{"all", order("part", mine)})
      .then(finish_with, [finish_with](const caf::error&) { finish_with({}); });
}

/// The parts of all nodes that answered are together.
void tracer_state::gathered(trace& x) {
  if (x.of_connection())
    x.all.keep_those_of(x.node, x.subject.substr(x.subject.find(':') + 1));
  if (x.state != progress::following || !x.all.settled(x.count, quiet_ms))
    return;
  finish(x, progress::complete);
  tell_peers(order("stop", x));
}

} // namespace towncrier::ops
