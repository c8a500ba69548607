#include "actors/edge/connection.hpp"

#include <array>

namespace towncrier::edge {

namespace {

std::string_view name_of(enum connection_state::phase x) {
  constexpr std::array<std::string_view, 6> names{"knocking", "opening", "authenticating",
                                                  "joining",  "live",    "closing"};
  return names[static_cast<std::size_t>(x)];
}

} // namespace

// The clock is read once a delivery: where one ends, the next begins.
std::uint64_t connection_state::deliver_counted(const fanout::chunk& x, std::uint64_t since) {
  // A hub's call is a turn of the connection where somebody looks on.
  std::optional<hosting::traced_turn> turn;
  if (!x.followed().empty() || followed) [[unlikely]]
    turn.emplace(self->watch());
  deliver(x);
  if (!hosting::counting_enabled.load(std::memory_order_relaxed))
    return since;
  const auto now = hosting::ticks();
  self->watch().called(since, now);
  return now;
}

void connection_state::name_memory(std::vector<std::span<const std::byte>>& to) const {
  to.push_back(std::as_bytes(std::span{&self->mailbox(), 1}).first(64));
  to.push_back(std::as_bytes(std::span{static_cast<const chunk_sink*>(this), 1}));
  to.push_back(std::as_bytes(std::span{&outlet, 1}));
  to.push_back(std::as_bytes(std::span{&phase, 1}));
  self->watch().name_memory(to);
  if (socket)
    socket->name_memory(to);
}

model::object connection_state::describe() const {
  return {{"connection", protocol::to_string(id)},
          {"phase", name_of(phase)},
          {"identity", who.name},
          {"role", protocol::to_string(who.role)},
          {"format", format == codec::format::json ? "json" : "msgpack"},
          {"compressed", window_bits != 0},
          {"slot", std::uint64_t{slot}},
          {"queued_bytes", std::uint64_t{socket ? socket->queued_bytes() : 0}},
          {"behind", outlet && outlet->behind()},
          {"pending_states", std::uint64_t{outlet ? outlet->pending_states() : 0}},
          {"pending_events", std::uint64_t{outlet ? outlet->pending_events() : 0}},
          {"position", outlet ? outlet->position() : std::string_view{}},
          {"in_flight", std::uint64_t{in_flight}},
          {"reading", reading},
          {"early_messages", std::uint64_t{early.size()}}};
}

/// The hub knows the character and who watches it; the connection, what its socket took.
caf::result<protocol::inspect_answer> connection_state::why(const protocol::why_question& x) {
  model::object mine{{"connection", protocol::to_string(id)},
                     {"character", x.character.text},
                     {"phase", name_of(phase)},
                     {"queued_bytes", std::uint64_t{socket ? socket->queued_bytes() : 0}},
                     {"behind", outlet && outlet->behind()}};
  if (phase != phase::live) {
    model::set(mine, "seen", false);
    model::set(mine, "reason", phase == phase::closing ? "closed" : "not_welcome_yet");
    return protocol::inspect_answer{std::move(mine)};
  }
  auto promise = self->make_response_promise<protocol::inspect_answer>();
  const auto waits = outlet->waits(x.character);
  self->request(services->hub, std::chrono::seconds{2}, protocol::why_request{reference(), x.character})
      .then(
          [this, promise, mine, waits](const protocol::inspect_answer& theirs) mutable {
            for (const auto& [key, value] : *theirs.answer.get_if<model::object>())
              model::set(mine, key, value);
            if (const auto* seen = model::find(mine, "seen"); seen != nullptr && *seen == model::value{true} && waits) {
              model::set(mine, "seen", false);
              model::set(mine, "reason", "conflated_and_waiting");
            }
            promise.deliver(protocol::inspect_answer{std::move(mine)});
          },
          [promise](caf::error& e) mutable { promise.deliver(std::move(e)); });
  return promise;
}

} // namespace towncrier::edge
