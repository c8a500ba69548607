#include "actors/cluster/peer_link.hpp"

#include "actors/cluster/link_view.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::cluster {

namespace {

using protocol::link_phase;

/// How long a peer that speaks another version is left alone: somebody has to replace a program first.
constexpr std::chrono::seconds other_version_pause{10};

/// How long an inspector may take to answer.
constexpr std::chrono::seconds answer_patience{5};

} // namespace

peer_link_state::peer_link_state(self_pointer self) : self_(self), retry_({}, random_), breaker_({}) {}

void peer_link_state::start(protocol::exchange_actor exchange, link_settings settings, protocol::node_info info,
                            model::position::mark known) {
  settings_ = std::move(settings);
  info_ = std::move(info);
  random_.seed(settings_.seed);
  retry_ = flow::backoff{settings_.retry, std::mt19937_64{random_()}};
  breaker_ = flow::circuit_breaker{settings_.breaker};
  traffic_.emplace(self_, std::move(exchange), settings_, info_.id, known);
  clock_.emplace(settings_.clock, info_.id);
  self_->watch().label(info_.id);
  if (dials())
    wake_after({});
}

// -- dialling

void peer_link_state::wake_after(flow::duration wait) {
  self_->delayed_send(self_, wait, protocol::due_atom::value, ++timer_);
}

void peer_link_state::due(std::uint64_t which) {
  if (which == timer_ && phase_ == link_phase::live)
    return beat();
  if (which == timer_ && phase_ == link_phase::waiting && !left_view_)
    dial();
}

void peer_link_state::dial() {
  if (!breaker_.allow(now()))
    return wake_after(breaker_.wait(now()));
  const auto colon = info_.link.rfind(':');
  const auto port = std::strtoul(info_.link.c_str() + colon + 1, nullptr, 10);
  phase_ = link_phase::dialling;
  self_->request(settings_.dialer, settings_.patience, info_.link.substr(0, colon), static_cast<std::uint16_t>(port))
      .then([this](const caf::strong_actor_ptr& portal) { greet(portal); },
            [this](const caf::error& why) { failed("no connection: " + self_->system().render(why)); });
}

void peer_link_state::failed(std::string why, flow::duration pause) {
  if (phase_ != link_phase::dialling)
    return;
  phase_ = link_phase::waiting;
  traffic_->interest().stop_waiting();
  breaker_.failed(now());
  if (why != last_error_)
    spdlog::warn("no link with {} at {}: {}", info_.id, info_.link, why);
  last_error_ = std::move(why);
  if (left_view_)
    return self_->quit();
  wake_after(pause != flow::duration{} ? pause : std::max(retry_.next(), breaker_.wait(now())));
}

// -- greeting

void peer_link_state::greet(const caf::strong_actor_ptr& portal) {
  session_ = random_();
  self_->request(caf::actor_cast<caf::actor>(portal), settings_.patience, hello())
      .then(
          [this](const protocol::link_reply& x) {
            if (phase_ != link_phase::dialling)
              return;
            compare_lives(x.hello.known_incarnation);
            if (auto refused = check_reply(x, settings_, info_.id, traffic_->known()))
              failed(std::move(refused->sentence),
                     refused->reason == refusal_reason::version ? other_version_pause : flow::duration{});
            else
              begin(x.hello);
          },
          [this](const caf::error& why) { failed("no answer to the greeting: " + self_->system().render(why)); });
}

protocol::link_reply peer_link_state::greeted(const protocol::link_hello& x) {
  compare_lives(x.known_incarnation);
  if (auto refused = check_hello(x, settings_, info_.id, traffic_->known())) {
    if (std::exchange(last_refusal_, refused->sentence) != refused->sentence)
      spdlog::error("peer {} was refused: {}", x.node, refused->sentence);
    ++refusals_;
    if (phase_ != link_phase::live)
      last_error_ = refused->sentence;
    protocol::link_reply reply{false, std::move(refused->sentence), {}};
    reply.hello.known_incarnation = traffic_->known().incarnation;
    return reply;
  }
  end_session();
  session_ = x.session;
  auto own = hello();
  begin(x);
  return {true, {}, std::move(own)};
}

protocol::link_hello peer_link_state::hello() {
  auto& interest = traffic_->interest();
  interest.greeted();
  const auto& known = traffic_->known();
  return {protocol::link_protocol,
          settings_.cluster,
          settings_.node,
          settings_.incarnation,
          info_.id,
          session_,
          known.incarnation,
          known.sequence,
          interest.latest(),
          interest.number(),
          caf::actor_cast<caf::strong_actor_ptr>(self_)};
}

/// Whether the peer has heard a later life of this node than this one.
void peer_link_state::compare_lives(std::uint64_t known_to_peer) {
  if (known_to_peer > settings_.incarnation && settings_.outlived)
    settings_.outlived(known_to_peer);
}

// -- sessions

void peer_link_state::begin(const protocol::link_hello& x) {
  peer_ = x.link;
  self_->monitor(peer_);
  phase_ = link_phase::live;
  wake_after(settings_.heartbeat);
  breaker_.succeeded();
  retry_.reset();
  last_error_.clear();
  last_refusal_.clear();
  ++sessions_;
  spdlog::info("linked with {}", info_.id);
  clock_->begin(session_);
  traffic_->begin(session_, x);
  if (dials())
    traffic_->tell_clock(clock_->say(now())); // the greeted one answers
}

/// CAF's own time limit would not do: it also ends connections that are only being made, and does not see that a peer
/// hangs whose sockets still answer.
void peer_link_state::beat() {
  if (now() - traffic_->heard() > settings_.timeout)
    return lost("it was silent for " + std::to_string(settings_.timeout.count()) + " ms");
  traffic_->send_credit();
  traffic_->tell_clock(clock_->beat(now()));
  wake_after(settings_.heartbeat);
}

void peer_link_state::received(protocol::link_parcel& x) {
  if (auto fault = traffic_->received(x))
    lost(std::move(*fault));
}

void peer_link_state::hear_clock(const protocol::link_clock& x) { traffic_->tell_clock(clock_->hear(x, now())); }

void peer_link_state::peer_ended(const caf::down_msg& x) {
  if (peer_ && x.source == peer_->address())
    lost(self_->system().render(x.reason));
}

void peer_link_state::lost(std::string why) {
  if (phase_ != link_phase::live)
    return;
  end_session();
  last_error_ = std::move(why);
  spdlog::warn("lost the link with {}: {}", info_.id, last_error_);
  if (left_view_)
    return self_->quit();
  if (dials())
    wake_after(retry_.next());
}

void peer_link_state::end_session() {
  if (peer_)
    self_->demonitor(peer_->address());
  peer_ = nullptr;
  phase_ = link_phase::waiting;
  session_ = 0;
  traffic_->end();
  clock_->end();
}

// -- what the view says of the peer

void peer_link_state::update(const protocol::node_info& x) {
  const auto moved = x.link != info_.link || x.incarnation != info_.incarnation;
  info_ = x;
  left_view_ = false;
  if (!moved || phase_ != link_phase::waiting || !dials())
    return;
  // It is a new life: the failures of the old one do not count any more.
  breaker_.succeeded();
  retry_.reset();
  wake_after({});
}

void peer_link_state::leave_view() {
  left_view_ = true;
  if (phase_ != link_phase::live)
    self_->quit();
}

// -- interest and inspection

caf::result<bool> peer_link_state::tell_interest(const protocol::own_wants& x) {
  auto& interest = traffic_->interest();
  if (interest.change(x.what) && phase_ == link_phase::live)
    traffic_->tell_interest();
  // Before anything comes from a peer that is not linked, it is greeted with the latest.
  if (phase_ == link_phase::waiting || interest.is_followed())
    return true;
  auto promise = self_->make_response_promise<bool>();
  interest.wait(promise);
  return promise;
}

caf::result<protocol::link_answer> peer_link_state::ask_peer(protocol::link_question& x) {
  if (!peer_)
    return caf::make_error(caf::sec::cannot_connect_to_node, "no link with " + info_.id);
  return pass_on(caf::actor_cast<caf::actor>(peer_), x);
}

caf::result<protocol::link_answer> peer_link_state::answer_peer(protocol::link_question& x) {
  if (!settings_.answerer)
    return protocol::link_answer{};
  return pass_on(settings_.answerer, x);
}

/// Asks `to`, and answers what it answers.
caf::result<protocol::link_answer> peer_link_state::pass_on(const caf::actor& to, protocol::link_question& x) {
  auto promise = self_->make_response_promise<protocol::link_answer>();
  self_->request(to, answer_patience, std::move(x))
      .then([promise](protocol::link_answer& y) mutable { promise.deliver(std::move(y)); },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

protocol::link_status peer_link_state::status() const {
  protocol::link_status x;
  x.node = info_.id;
  x.address = info_.link;
  x.phase = phase_;
  using state = flow::circuit_breaker::state;
  const auto door = breaker_.at(now());
  x.breaker = door == state::closed ? "closed" : door == state::open ? "open" : "half_open";
  x.failures = breaker_.failures();
  x.last_error = last_error_;
  x.sessions = sessions_;
  x.refusals = refusals_;
  traffic_->fill(x);
  clock_->fill(x);
  return x;
}

model::object peer_link_state::describe() const {
  auto result = view(status());
  result.insert(result.end(), {{"dials", dials()}, {"leaving", left_view_}});
  auto more = traffic_->describe();
  result.insert(result.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return result;
}

protocol::peer_link_actor::behavior_type peer_link(peer_link_state::self_pointer self,
                                                   protocol::exchange_actor exchange, link_settings settings,
                                                   protocol::node_info info, model::position::mark known) {
  auto& state = self->state;
  state.start(std::move(exchange), std::move(settings), std::move(info), known);
  self->set_down_handler([&state](caf::down_msg& x) { state.peer_ended(x); });
  return {
      [&state](protocol::outgoing_parcel& x) { state.traffic().outgoing(x); },
      [&state](const protocol::outgoing_objection& x) { state.traffic().object(x); },
      [&state](const protocol::node_info& x) { state.update(x); },
      [&state](protocol::stop_atom) { state.leave_view(); },
      [&state](const protocol::link_hello& x) { return state.greeted(x); },
      [&state](protocol::link_parcel& x) { state.received(x); },
      [&state](const protocol::link_credit& x) { state.traffic().acknowledged(x); },
      [&state](const protocol::link_clock& x) { state.hear_clock(x); },
      [&state](const protocol::link_interest& x) { state.traffic().peer_watches(x); },
      [&state](const protocol::own_wants& x) { return state.tell_interest(x); },
      [&state](protocol::flush_atom) { state.traffic().put_off_due(); },
      [&state](protocol::delivered_atom, std::uint64_t session, std::uint64_t number) {
        state.traffic().delivered(session, number);
      },
      [&state](protocol::link_question& x) { return state.answer_peer(x); },
      [&state](protocol::forward_atom, protocol::link_question& x) { return state.ask_peer(x); },
      [&state](protocol::list_atom) { return state.status(); },
      [&state](protocol::due_atom, std::uint64_t which) { state.due(which); },
      [&state](protocol::tick_atom) { state.traffic().expire_receipts(); },
  };
}

} // namespace towncrier::cluster
