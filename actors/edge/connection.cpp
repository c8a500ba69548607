#include "actors/edge/connection.hpp"

#include "codec/frame.hpp"
#include "model/wall_clock.hpp"

namespace towncrier::edge {

namespace {

using protocol::close_code;

/// Close reasons of more than 123 bytes do not fit a control frame (RFC 6455, 5.5).
constexpr std::size_t max_reason = 123;

/// How often a client of these limits may send.
std::size_t limit_of(protocol::role x, const protocol::rate_limiter_options& limits) {
  switch (x) {
    case protocol::role::viewer:
      return limits.max_messages;
    case protocol::role::publisher:
      return limits.publisher_max_messages;
    default:
      return limits.operator_max_messages;
  }
}

double seconds(std::chrono::milliseconds x) { return std::chrono::duration<double>(x).count(); }

} // namespace

connection_state::connection_state(self_pointer ptr) : self(ptr) {}

connection_state::~connection_state() {
  if (followed) {
    const hosting::traced_turn end{self->watch()};
    for (const auto& x : *followed)
      note_end(x, tracing::outcome::dropped, "closed");
  }
  // On every way to end, an exception included.
  if (socket && phase != phase::closing)
    socket->close(close_code::internal, "internal error");
  if (joined_hub)
    caf::anon_send(services->hub, protocol::leave_order{self->address()});
  if (counted)
    services->traffic->connections_active.subtract();
}

void connection_state::knock() {
  self->request(services->admission, caf::infinite, protocol::enter_request{self, request->peer})
      .then([this](const protocol::admission_result& x) { admit(x); },
            [this](const caf::error&) {
              admit(protocol::refused{"the node is stopping", std::chrono::seconds{1}});
            });
}

void connection_state::admit(const protocol::admission_result& x) {
  if (phase != phase::knocking)
    return;
  if (const auto* no = std::get_if<protocol::refused>(&x)) {
    phase = phase::closing;
    socket->refuse(no->sentence, no->retry_after);
    return self->quit();
  }
  id = std::get<protocol::admitted>(x).id;
  self->watch().label(protocol::to_string(id));
  phase = phase::opening;
  socket->accept();
}

void connection_state::opened(const protocol::socket_opened& x) {
  if (phase != phase::opening)
    return;
  window_bits = x.window_bits;
  outlet->use({format, window_bits});
  counted = true;
  services->traffic->connections_total.add();
  services->traffic->connections_active.add();
  if (echoes) {
    phase = phase::live;
    self->delayed_send(self, services->edge.heartbeat_interval, protocol::tick_atom::value);
    return;
  }
  if (!services->auth_enabled) {
    who = {"anonymous@" + request->peer.substr(0, request->peer.rfind(':')), protocol::role::operator_, 0};
    return join();
  }
  phase = phase::authenticating;
  if (!request->token.empty())
    return verify(std::exchange(request->token, {}));
  auth_deadline = self->clock().now() + services->auth_timeout;
  self->delayed_send(self, services->auth_timeout, protocol::tick_atom::value);
}

void connection_state::verify(std::string token, std::optional<model::message_id> message_id) {
  auth_deadline = {};
  self->request(services->authenticator, std::chrono::seconds{10}, protocol::verify_request{std::move(token)})
      .then([this, message_id](protocol::verify_result& x) { verified(x, message_id); },
            [this, message_id](const caf::error&) {
              refuse(protocol::errc::server_error, "the token could not be checked; try again", message_id);
              close(close_code::try_again_later, "authentication is not available");
            });
}

void connection_state::verified(protocol::verify_result& x, const std::optional<model::message_id>& message_id) {
  if (phase == phase::closing)
    return;
  if (!x.who) {
    refuse(protocol::errc::auth_failed, "the token is not valid: it is unknown, expired or was changed", message_id);
    return close(close_code::policy, "Invalid token");
  }
  who = std::move(*x.who);
  if (phase == phase::authenticating) {
    auth_message = message_id;
    join();
  } else if (message_id) {
    answer_ok(*message_id);
  }
}

void connection_state::join() {
  phase = phase::joining;
  auto channels = std::move(request->channels);
  const auto automatic = channels.empty() && services->edge.auto_subscribe;
  if (automatic)
    channels.emplace_back("world");
  joined_hub = true;
  self->send(services->hub, protocol::join_request{self, std::move(channels), automatic, std::move(request->position)});
}

void connection_state::welcome(const protocol::joined& x) {
  slot = x.slot;
  request.reset();
  if (phase != phase::joining)
    return;
  phase = phase::live;
  outlet->advance(x.position);
  const auto& edge = services->edge;
  model::object limits{{"max_message_bytes", std::uint64_t{edge.max_message_bytes}},
                       {"max_messages", std::uint64_t{limit_of(who.role, services->limits)}},
                       {"window_seconds", seconds(services->limits.window)}};
  model::object data{{"connection_id", protocol::to_string(id)},
                     {"node", services->node},
                     {"server", "towncrier/" TOWNCRIER_VERSION},
                     {"protocol", 1},
                     {"heartbeat_interval", seconds(edge.heartbeat_interval)},
                     {"position", outlet->position()},
                     {"resumed", x.resumed},
                     {"limits", std::move(limits)}};
  if (const auto edges = services->other_edges ? services->other_edges->get() : nullptr)
    data.emplace_back("edges", model::array{edges->begin(), edges->end()});
  send("welcome", std::move(data));
  if (auth_message)
    answer_ok(*std::exchange(auth_message, std::nullopt));
  handle(early);
  early = {};
  pace_reading();
}

void connection_state::tick() {
  if (phase == phase::closing)
    return;
  const auto now = self->clock().now();
  if (phase == phase::authenticating && auth_deadline != flow::time_point{} && now >= auth_deadline) {
    refuse(protocol::errc::auth_failed, "no token came in time: send auth first");
    return close(close_code::policy, "authentication timeout");
  }
  // The hub beats for those whom it knows.
  if (!echoes)
    return;
  check_life();
  self->delayed_send(self, services->edge.heartbeat_interval, protocol::tick_atom::value);
}

void connection_state::check_life() {
  const auto silent = self->clock().now() - socket->last_heard();
  if (silent > services->edge.heartbeat_timeout)
    return close(close_code::policy, "no sign of life");
  if (who.expires_at != 0 && model::wall_clock() > who.expires_at) {
    refuse(protocol::errc::auth_failed, "the token has expired: reconnect with a new one");
    return close(close_code::policy, "token expired");
  }
  if (silent > services->edge.heartbeat_interval)
    socket->ping();
}

void connection_state::close(close_code code, std::string_view reason) {
  if (phase == phase::closing)
    return;
  phase = phase::closing;
  services->traffic->closed_by_us.add();
  if (joined_hub)
    self->send(services->hub, protocol::leave_order{self->address()});
  joined_hub = false;
  socket->close(code, reason.substr(0, max_reason));
}

void connection_state::closed(const protocol::socket_closed&) {
  phase = phase::closing;
  self->quit();
}

protocol::viewer_ref connection_state::reference() const { return {slot, self}; }

protocol::connection_actor::behavior_type connection(connection_state::self_pointer self,
                                                     connection_services_ptr services,
                                                     std::shared_ptr<protocol::client_socket> socket,
                                                     std::shared_ptr<protocol::upgrade_request> request) {
  auto& state = self->state;
  state.services = std::move(services);
  state.socket = std::move(socket);
  state.request = std::make_unique<protocol::upgrade_request>(std::move(*request));
  state.format = state.request->format;
  state.echoes = state.services->edge.echo && state.request->path == "/echo";
  state.outlet.emplace(*state.socket, *state.services->traffic,
                       outlet::options{state.services->edge.max_queued_bytes, state.services->edge.max_event_bytes});
  state.knock();
  return {
      [self](const protocol::socket_opened& x) { self->state.opened(x); },
      [self](protocol::socket_received& x) { self->state.received(x); },
      [self](protocol::drained_atom) { self->state.drained(); },
      [self](const protocol::socket_closed& x) { self->state.closed(x); },
      [self](const protocol::joined& x) { self->state.welcome(x); },
      [self](const protocol::delivery& x) { self->state.deliver(*x.chunk); },
      [self](const protocol::replay& x) { self->state.replay(*x.chunk); },
      [self](protocol::replay_overdue) { self->state.look_whether_late(); },
      [self](const protocol::answer& x) { self->state.send_answer(x); },
      [self](const protocol::failure_answer& x) { self->state.send_failure(x); },
      [self](const protocol::heartbeat_due& x) { self->state.send_heartbeat(x); },
      [self](const protocol::delivered& x) { self->state.delivered(x); },
      [self](const protocol::close_order& x) { self->state.close(x.code, x.reason); },
      [self](const protocol::why_question& x) { return self->state.why(x); },
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::edge
