#include "actors/cluster/peer_link.hpp"

#include "actors/cluster/link_view.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::cluster {

namespace {

using protocol::link_phase;

/// How long a peer that refused for good is left alone: it has to be mended first.
constexpr std::chrono::seconds refused_pause{10};

/// How long an inspector may take to answer.
constexpr std::chrono::seconds answer_patience{5};

/// Has `to` answer a question in this link's place.
caf::result<protocol::link_answer> pass_on(peer_link_state::self_pointer self, const caf::actor& to,
                                           protocol::link_question& x) {
  auto promise = self->make_response_promise<protocol::link_answer>();
  self->request(to, answer_patience, std::move(x))
      .then([promise](protocol::link_answer& y) mutable { promise.deliver(std::move(y)); },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

} // namespace

peer_link_state::peer_link_state(self_pointer ptr) : self(ptr), retry({}, random), breaker({}) {}

void peer_link_state::wake_after(flow::duration wait) {
  self->delayed_send(self, wait, protocol::due_atom::value, ++timer);
}

void peer_link_state::due(std::uint64_t which) {
  if (which == timer && phase == link_phase::live)
    return beat();
  if (which == timer && phase == link_phase::waiting && !leaving)
    dial();
}

void peer_link_state::dial() {
  if (!breaker.allow(now()))
    return wake_after(breaker.wait(now()));
  const auto colon = info.link.rfind(':');
  const auto port = std::strtoul(info.link.c_str() + colon + 1, nullptr, 10);
  phase = link_phase::dialling;
  self->request(settings.dialer, settings.patience, info.link.substr(0, colon), static_cast<std::uint16_t>(port))
      .then([this](const caf::strong_actor_ptr& portal) { greet(portal); },
            [this](const caf::error& why) { failed("no connection: " + self->system().render(why)); });
}

void peer_link_state::greet(const caf::strong_actor_ptr& portal) {
  session = random();
  greeted_wish = wish;
  self->request(caf::actor_cast<caf::actor>(portal), settings.patience, hello())
      .then(
          [this](const protocol::link_reply& x) {
            if (phase != link_phase::dialling)
              return;
            const auto fault = x.accepted ? fault_of(x.hello) : x.refusal;
            if (fault.empty())
              begin(x.hello);
            else
              failed(fault);
          },
          [this](const caf::error& why) { failed("no answer to the greeting: " + self->system().render(why)); });
}

protocol::link_reply peer_link_state::greeted(const protocol::link_hello& x) {
  if (auto fault = fault_of(x); !fault.empty()) {
    spdlog::error("peer {} was refused: {}", x.node, fault);
    return {false, std::move(fault), {}};
  }
  end_session();
  session = x.session;
  greeted_wish = wish;
  begin(x);
  return {true, {}, hello()};
}

protocol::link_hello peer_link_state::hello() const {
  return {protocol::link_protocol,
          settings.cluster,
          settings.node,
          settings.incarnation,
          info.id,
          session,
          known.incarnation,
          known.sequence,
          wanted,
          wish,
          caf::actor_cast<caf::strong_actor_ptr>(self)};
}

/// Why there can be no session with who sent `x`; empty when there can.
std::string peer_link_state::fault_of(const protocol::link_hello& x) const {
  if (x.protocol != protocol::link_protocol)
    return "node " + settings.node + " speaks version " + std::to_string(protocol::link_protocol) +
           " of the protocol between nodes and node " + x.node + " version " + std::to_string(x.protocol) +
           ": run the same version of towncrier on both";
  if (x.cluster != settings.cluster)
    return "node " + settings.node + " belongs to the cluster " + settings.cluster + " and node " + x.node + " to " +
           x.cluster + ": their cluster.prefix must be the same";
  if (x.to != settings.node || x.node != info.id)
    return "the greeting of " + x.node + " was meant for " + x.to + ", and " + info.id + " met " + settings.node;
  if (!x.link)
    return "the greeting of " + x.node + " names nobody to talk to";
  return {};
}

void peer_link_state::begin(const protocol::link_hello& x) {
  peer = x.link;
  self->monitor(peer);
  phase = link_phase::live;
  heard = now();
  filter.set(x.wanted);
  peer_wish = x.wish;
  follows(greeted_wish);
  if (wish != greeted_wish)
    send_wish();
  wake_after(settings.heartbeat);
  breaker.succeeded();
  retry.reset();
  counts.last_error.clear();
  ++counts.sessions;
  if (x.known_incarnation == settings.incarnation)
    cursor = x.known_sequence;
  else
    cursor.reset();
  cursor_events = events_upto(cursor.value_or(0));
  spdlog::info("linked with {}", info.id);
  pull();
}

/// What was sent after `sequence` did not arrive, and may be sent again, or be lost and counted.
std::uint64_t peer_link_state::events_upto(std::uint64_t sequence) {
  while (!sent_places.empty() && sent_places.back().sequence > sequence)
    sent_places.pop_back();
  return sent_places.empty() ? 0 : sent_places.back().events;
}

/// CAF's own time limit also ends connections that are just being made, and says nothing of a peer that hangs.
void peer_link_state::beat() {
  if (now() - heard > settings.timeout)
    return lost("it was silent for " + std::to_string(settings.timeout.count()) + " ms");
  send_credit();
  wake_after(settings.heartbeat);
}

void peer_link_state::failed(std::string why) {
  if (phase != link_phase::dialling)
    return;
  phase = link_phase::waiting;
  forget_waiting_wishes();
  breaker.failed(now());
  if (why != counts.last_error)
    spdlog::warn("no link with {} at {}: {}", info.id, info.link, why);
  const auto refused = why.find("speaks version") != std::string::npos;
  counts.last_error = std::move(why);
  if (leaving)
    return self->quit();
  wake_after(refused ? flow::duration{refused_pause} : std::max(retry.next(), breaker.wait(now())));
}

void peer_link_state::lost(std::string why) {
  if (phase != link_phase::live)
    return;
  end_session();
  counts.last_error = std::move(why);
  spdlog::warn("lost the link with {}: {}", info.id, counts.last_error);
  if (leaving)
    return self->quit();
  if (dials())
    wake_after(retry.next());
}

void peer_link_state::end_session() {
  if (peer)
    self->demonitor(peer->address());
  peer = nullptr;
  phase = link_phase::waiting;
  session = 0;
  number = 0;
  all_sent = false;
  put_off_upto = 0;
  forget_waiting_wishes();
  waiting.clear();
  in_flight.clear();
  round_trip.reset();
  in_flight_bytes = 0;
  held.clear();
  parts.clear();
  received_number = 0;
  undelivered.clear();
}

void peer_link_state::update(const protocol::node_info& x) {
  const auto moved = x.link != info.link || x.incarnation != info.incarnation;
  info = x;
  leaving = false;
  if (!moved || phase != link_phase::waiting || !dials())
    return;
  // It is a new life: what the old one did counts no more.
  breaker.succeeded();
  retry.reset();
  wake_after({});
}

void peer_link_state::gone() {
  leaving = true;
  if (phase != link_phase::live)
    self->quit();
}

model::object peer_link_state::describe() const {
  auto result = view(status());
  result.insert(result.end(), {{"dials", dials()},
                               {"waiting_parcels", std::uint64_t{waiting.size()}},
                               {"pulling", pulling},
                               {"peer_watches", filter.describe()},
                               {"leaving", leaving}});
  if (round_trip)
    result.emplace_back("round_trip_ms", std::chrono::duration<double, std::milli>{*round_trip}.count());
  return result;
}

flow::time_point peer_link_state::now() const { return self->clock().now(); }

protocol::peer_link_actor::behavior_type peer_link(peer_link_state::self_pointer self,
                                                   protocol::exchange_actor exchange, link_settings settings,
                                                   protocol::node_info info, model::position::mark known) {
  auto& state = self->state;
  state.exchange = std::move(exchange);
  state.settings = std::move(settings);
  state.info = std::move(info);
  self->watch().label(state.info.id);
  state.known = known;
  state.random.seed(state.settings.seed);
  state.retry = flow::backoff{state.settings.retry, std::mt19937_64{state.random()}};
  state.breaker = flow::circuit_breaker{state.settings.breaker};
  self->set_down_handler([self](caf::down_msg& x) {
    if (self->state.peer && x.source == self->state.peer->address())
      self->state.lost(self->system().render(x.reason));
  });
  if (state.dials())
    state.wake_after({});
  return {
      [self](protocol::outgoing_parcel& x) { self->state.outgoing(x); },
      [self](const protocol::outgoing_objection& x) { self->state.object(x); },
      [self](const protocol::node_info& x) { self->state.update(x); },
      [self](protocol::stop_atom) { self->state.gone(); },
      [self](const protocol::link_hello& x) { return self->state.greeted(x); },
      [self](protocol::link_parcel& x) { self->state.received(x); },
      [self](const protocol::link_credit& x) { self->state.credit(x); },
      [self](const protocol::link_wish& x) { self->state.wished(x); },
      [self](const protocol::own_wants& x) { return self->state.want(x); },
      [self](protocol::flush_atom) { self->state.give_what_was_put_off(); },
      [self](protocol::delivered_atom, std::uint64_t session, std::uint64_t number) {
        self->state.delivered(session, number);
      },
      [self](protocol::link_question& x) -> caf::result<protocol::link_answer> {
        if (!self->state.settings.answerer)
          return protocol::link_answer{};
        return pass_on(self, self->state.settings.answerer, x);
      },
      [self](protocol::forward_atom, protocol::link_question& x) -> caf::result<protocol::link_answer> {
        if (!self->state.peer)
          return caf::make_error(caf::sec::cannot_connect_to_node, "no link with " + self->state.info.id);
        return pass_on(self, caf::actor_cast<caf::actor>(self->state.peer), x);
      },
      [self](protocol::list_atom) { return self->state.status(); },
      [self](protocol::due_atom, std::uint64_t which) { self->state.due(which); },
      [self](protocol::tick_atom) { self->state.release_late(); },
  };
}

} // namespace towncrier::cluster
