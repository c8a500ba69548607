#include "actors/edge/connection.hpp"

#include "actors/edge/rate_limit.hpp"
#include "actors/edge/subscription_answer.hpp"
#include "codec/names.hpp"
#include "model/wall_clock.hpp"
#include "protocol/close_codes.hpp"
#include "protocol/replies.hpp"

#include <algorithm>
#include <iterator>

namespace towncrier::edge {

namespace {

using protocol::close_code;

/// Close reasons of more than 123 bytes do not fit a control frame (RFC 6455, 5.5).
constexpr std::size_t max_reason = 123;

/// The channels of `asked` that there are; `none` where something was asked for and nothing is left.
std::vector<std::string> watchable(const std::vector<std::string>& asked) {
  std::vector<std::string> result;
  std::copy_if(asked.begin(), asked.end(), std::back_inserter(result),
               [](const auto& x) { return codec::channel_fault(x).empty(); });
  if (result.empty() && !asked.empty())
    result.emplace_back(codec::no_channel);
  return result;
}

/// What is wrong with the channels of a URL; empty: nothing.
std::string fault_of_query(const std::vector<std::string>& asked) {
  std::string result;
  std::size_t more = 0;
  for (const auto& x : asked) {
    auto fault = codec::channel_fault(x);
    if (!fault.empty() && result.empty())
      result = "'subscribe' in the URL " + fault;
    else if (!fault.empty())
      ++more;
  }
  return more == 0 ? result : result + "; " + std::to_string(more) + " more are wrong";
}

double seconds(std::chrono::milliseconds x) { return std::chrono::duration<double>(x).count(); }

std::string anonymous_name(const std::string& peer) { return "anonymous@" + peer.substr(0, peer.rfind(':')); }

/// The data of `welcome`: what the client is to know of this node and of itself, and where it stands in the stream.
model::object welcome_data(const connection_services& of, protocol::connection_id id, protocol::role role,
                           std::string_view position, bool resumed) {
  model::object limits{{"max_message_bytes", std::uint64_t{of.edge.max_message_bytes}},
                       {"max_messages", std::uint64_t{messages_allowed(role, of.limits)}},
                       {"window_seconds", seconds(of.limits.window)},
                       {"max_channels", std::uint64_t{max_channels}}};
  model::object data{{"connection_id", protocol::to_string(id)},
                     {"node", of.node},
                     {"incarnation", of.incarnation},
                     {"server", "towncrier/" TOWNCRIER_VERSION},
                     {"protocol", 1},
                     {"heartbeat_interval", seconds(of.edge.heartbeat_interval)},
                     {"position", position},
                     {"resumed", resumed},
                     {"limits", std::move(limits)}};
  if (const auto edges = of.other_edges ? of.other_edges->get() : nullptr)
    data.emplace_back("edges", model::array{edges->begin(), edges->end()});
  return data;
}

} // namespace

connection_state::connection_state(self_pointer self) : self_(self) {}

connection_state::~connection_state() {
  if (!followed_.empty()) {
    const hosting::traced_turn end{self_->watch()};
    followed_.end();
  }
  // On every way to end, an exception included.
  if (socket_ && phase_ != phase::closing)
    socket_->close(close_code::internal, "internal error");
  if (joined_hub_)
    caf::anon_send(services_->hub, protocol::leave_order{self_->address()});
  if (counted_)
    services_->traffic->connections_active.subtract();
}

void connection_state::knock(connection_services_ptr services, std::shared_ptr<protocol::client_socket> socket,
                             protocol::upgrade_request request) {
  services_ = std::move(services);
  socket_ = std::move(socket);
  const auto& edge = services_->edge;
  echoes_ = edge.echo && request.path == "/echo";
  outlet_.emplace(*socket_, *services_->traffic, outlet::options{edge.max_queued_bytes, edge.max_event_bytes});
  reader_.emplace(*socket_, *services_->traffic, edge, request.format);
  arrival_ = std::make_unique<arrival>(arrival{std::move(request)});
  self_
      ->request(services_->admission, caf::infinite,
                protocol::enter_request{self_, arrival_->request.peer, arrival_->request.via})
      .then([this](const protocol::admission_result& x) { admit(x); },
            [this](const caf::error&) {
              admit(protocol::refused{"the node is stopping", std::chrono::seconds{1}});
            });
}

void connection_state::admit(const protocol::admission_result& x) {
  if (phase_ != phase::knocking)
    return;
  if (const auto* no = std::get_if<protocol::refused>(&x)) {
    phase_ = phase::closing;
    socket_->refuse(no->sentence, no->retry_after);
    return self_->quit();
  }
  id_ = std::get<protocol::admitted>(x).id;
  self_->watch().label(protocol::to_string(id_));
  phase_ = phase::opening;
  socket_->accept();
}

void connection_state::opened(const protocol::socket_opened& x) {
  if (phase_ != phase::opening)
    return;
  window_bits_ = x.window_bits;
  outlet_->use({reader_->format(), window_bits_});
  counted_ = true;
  services_->traffic->connections_total.add();
  services_->traffic->connections_active.add();
  if (echoes_) {
    phase_ = phase::live;
    self_->delayed_send(self_, services_->edge.heartbeat_interval, protocol::tick_atom::value);
    return;
  }
  if (services_->auth_enabled && !arrival_->request.token.empty()) {
    phase_ = phase::authenticating;
    return verify(std::exchange(arrival_->request.token, {}));
  }
  if (services_->anonymous) {
    who_ = {anonymous_name(arrival_->request.peer), *services_->anonymous, 0};
    return join();
  }
  phase_ = phase::authenticating;
  arrival_->auth_deadline = self_->clock().now() + services_->auth_timeout;
  self_->delayed_send(self_, services_->auth_timeout, protocol::tick_atom::value);
}

void connection_state::verify(std::string token, std::optional<model::message_id> message_id) {
  auto label = protocol::to_string(id_);
  if (arrival_) {
    arrival_->auth_deadline = std::nullopt;
    label += " (" + arrival_->request.peer + ')';
  }
  self_
      ->request(services_->authenticator, std::chrono::seconds{10},
                protocol::verify_request{std::move(token), std::move(label)})
      .then([this, message_id](protocol::verify_result& x) { verified(x, message_id); },
            [this, message_id](const caf::error&) {
              services_->traffic->count(protocol::auth_failure::unavailable);
              refuse({protocol::errc::server_error, "the token could not be checked; try again", message_id});
              close(close_code::try_again_later, "authentication is not available");
            });
}

void connection_state::verified(protocol::verify_result& x, const std::optional<model::message_id>& message_id) {
  if (phase_ == phase::closing)
    return;
  if (!x.who) {
    services_->traffic->count(protocol::auth_failure::bad_token);
    refuse({protocol::errc::auth_failed, "the token is not valid: it is unknown, expired or was changed", message_id});
    return close(close_code::policy, "Invalid token");
  }
  who_ = std::move(*x.who);
  grant_ = std::move(x.grant);
  if (phase_ == phase::authenticating) {
    arrival_->auth_message = message_id;
    join();
  } else if (message_id) {
    send("result", protocol::done_data(*message_id));
  }
}

/// A token that was taken back, or may do less now, ends the connection that it opened.
void connection_state::review(const protocol::grants_changed& x) {
  if (phase_ == phase::closing || grant_.empty())
    return;
  const auto at = x.now->find(grant_);
  if (at != x.now->end() && at->second >= who_.role)
    return;
  services_->traffic->revoked.add();
  refuse({protocol::errc::auth_failed,
          at == x.now->end() ? "the token is not in force any more: reconnect with another"
                             : "the token may do less than before: reconnect with it",
          std::nullopt});
  close(close_code::policy, "token revoked");
}

void connection_state::join() {
  phase_ = phase::joining;
  auto& request = arrival_->request;
  const auto automatic = request.channels.empty() && services_->edge.auto_subscribe;
  auto channels = automatic ? std::vector<std::string>{"world"} : watchable(request.channels);
  joined_hub_ = true;
  self_->send(services_->hub,
              protocol::join_request{self_, std::move(channels), automatic, std::move(request.position)});
}

void connection_state::welcome(const protocol::joined& x) {
  slot_ = x.slot;
  const auto arrived = std::exchange(arrival_, nullptr);
  if (phase_ != phase::joining)
    return;
  phase_ = phase::live;
  outlet_->advance(x.position);
  send("welcome", welcome_data(*services_, id_, who_.role, outlet_->position(), x.resumed));
  if (auto fault = fault_of_query(arrived->request.channels); !fault.empty())
    refuse({protocol::errc::invalid_message, std::move(fault), std::nullopt});
  if (arrived->auth_message)
    send("result", protocol::done_data(*arrived->auth_message));
  handle(reader_->take_kept());
  pace_reading();
}

void connection_state::tick() {
  if (phase_ == phase::closing)
    return;
  const auto now = self_->clock().now();
  if (phase_ == phase::authenticating && arrival_->auth_deadline && now >= *arrival_->auth_deadline) {
    services_->traffic->count(protocol::auth_failure::no_token);
    refuse({protocol::errc::auth_failed, "no token came in time: send auth first", std::nullopt});
    return close(close_code::policy, "authentication timeout");
  }
  // The hub sends heartbeats to those that have joined it, and each is an occasion to look.
  if (!echoes_)
    return;
  check_life();
  self_->delayed_send(self_, services_->edge.heartbeat_interval, protocol::tick_atom::value);
}

void connection_state::check_life() {
  const auto silent = self_->clock().now() - socket_->last_heard();
  if (silent > services_->edge.heartbeat_timeout)
    return close(protocol::no_sign_of_life, "no sign of life");
  if (who_.expires_at != 0 && model::wall_clock() > who_.expires_at) {
    services_->traffic->count(protocol::auth_failure::expired);
    refuse({protocol::errc::auth_failed, "the token has expired: reconnect with a new one", std::nullopt});
    return close(close_code::policy, "token expired");
  }
  if (silent > services_->edge.heartbeat_interval)
    socket_->ping();
}

void connection_state::close(close_code code, std::string_view reason) {
  if (phase_ == phase::closing)
    return;
  phase_ = phase::closing;
  services_->traffic->closed_by_us.add();
  if (joined_hub_)
    self_->send(services_->hub, protocol::leave_order{self_->address()});
  joined_hub_ = false;
  socket_->close(code, reason.substr(0, max_reason));
}

void connection_state::closed(const protocol::socket_closed&) {
  phase_ = phase::closing;
  self_->quit();
}

protocol::viewer_ref connection_state::reference() const { return {slot_, self_}; }

protocol::connection_actor::behavior_type connection(connection_state::self_pointer self,
                                                     connection_services_ptr services,
                                                     std::shared_ptr<protocol::client_socket> socket,
                                                     std::shared_ptr<protocol::upgrade_request> request) {
  self->state.knock(std::move(services), std::move(socket), std::move(*request));
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
      [self](const protocol::grants_changed& x) { self->state.review(x); },
      [self](const protocol::why_question& x) { return self->state.why(x); },
      [self](protocol::tick_atom) { self->state.tick(); },
  };
}

} // namespace towncrier::edge
