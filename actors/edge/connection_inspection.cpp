#include "actors/edge/connection.hpp"

#include <array>

namespace towncrier::edge {

std::string_view connection_state::phase_name() const {
  constexpr std::array<std::string_view, 6> names{"knocking", "opening", "authenticating",
                                                  "joining",  "live",    "closing"};
  return names[static_cast<std::size_t>(phase_)];
}

/// Why a client that is not live is shown nothing: a word of `why` and of traces.
std::string_view connection_state::not_live_reason() const {
  return phase_ == phase::closing ? "closed" : "not_welcome_yet";
}

model::object connection_state::describe() const {
  return {{"connection", protocol::to_string(id_)},
          {"phase", phase_name()},
          {"identity", who_.name},
          {"role", protocol::to_string(who_.role)},
          {"format", reader_->format() == codec::format::json ? "json" : "msgpack"},
          {"compressed", window_bits_ != 0},
          {"slot", std::uint64_t{slot_}},
          {"queued_bytes", std::uint64_t{socket_->queued_bytes()}},
          {"behind", outlet_->behind()},
          {"pending_states", std::uint64_t{outlet_->pending_states()}},
          {"pending_events", std::uint64_t{outlet_->pending_events()}},
          {"position", outlet_->position()},
          {"in_flight", std::uint64_t{in_flight_.count()}},
          {"reading", reader_->is_reading()},
          {"by_rate_limiter", by_rate_limiter_},
          {"early_messages", std::uint64_t{reader_->kept()}}};
}

/// The hub knows the character and who watches it; the connection, what its socket took.
caf::result<protocol::inspect_answer> connection_state::why(const protocol::why_question& x) {
  model::object mine{{"connection", protocol::to_string(id_)},
                     {"character", x.character.text},
                     {"phase", phase_name()},
                     {"queued_bytes", std::uint64_t{socket_->queued_bytes()}},
                     {"behind", outlet_->behind()}};
  if (phase_ != phase::live) {
    model::set(mine, "seen", false);
    model::set(mine, "reason", not_live_reason());
    return protocol::inspect_answer{std::move(mine)};
  }
  auto promise = self_->make_response_promise<protocol::inspect_answer>();
  const auto waits = outlet_->waits(x.character);
  self_->request(services_->hub, std::chrono::seconds{2}, protocol::why_request{reference(), x.character})
      .then(
          [promise, mine, waits](const protocol::inspect_answer& theirs) mutable {
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
