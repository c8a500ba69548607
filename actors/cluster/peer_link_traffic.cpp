#include "actors/cluster/peer_link.hpp"
#include "codec/batch.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::cluster {

namespace {

using protocol::link_phase;
using protocol::parcel_kind;

/// How often receipts that wait for a peer are looked at.
constexpr std::chrono::milliseconds receipt_tick{250};

/// Comes back to the link when the last hub has a parcel.
class credit_receipt {
public:
  credit_receipt(protocol::peer_link_actor link, std::uint64_t session, std::uint64_t number)
      : link_(std::move(link)), session_(session), number_(number) {}
  ~credit_receipt() { caf::anon_send(link_, protocol::delivered_atom::value, session_, number_); }

  credit_receipt(const credit_receipt&) = delete;
  credit_receipt& operator=(const credit_receipt&) = delete;

private:
  protocol::peer_link_actor link_;
  std::uint64_t session_;
  std::uint64_t number_;
};

} // namespace

void peer_link_state::outgoing(protocol::outgoing_parcel& x) {
  if (phase != link_phase::live) {
    follow_later(*x.what->batch, tracing::outcome::held, "there is no link with " + info.id + " now");
    return;
  }
  const auto sequence = x.what->batch->stamp.sequence;
  const auto next = all_sent && waiting.empty() && cursor && sequence == std::max(*cursor, put_off_upto) + 1;
  if (next && !filter.concerns(*x.what)) {
    follow_later(*x.what->batch, tracing::outcome::filtered, "no viewer of " + info.id + " watches it");
    return put_off(sequence); // nobody waits for a peer that wants nothing of it
  }
  hold(sequence, std::move(x.receipts));
  if (cursor && sequence <= *cursor)
    return; // a pull has brought it already
  if (next && put_off_upto == 0 && in_flight_bytes < settings.window_bytes) {
    cursor = sequence;
    cursor_events += x.what->events;
    return send({std::move(x.what)}, {sequence, cursor_events});
  }
  all_sent = false;
  put_off_upto = 0;
  follow_later(*x.what->batch, tracing::outcome::held,
               info.id + " has not acknowledged what it was sent: the credit window is full");
  send_waiting();
}

void peer_link_state::pull(std::optional<std::uint64_t> unwanted_upto) {
  if (std::exchange(pulling, true))
    return;
  const auto room = settings.window_bytes - std::min(settings.window_bytes, in_flight_bytes);
  self->request(exchange, caf::infinite, protocol::log_request{cursor, cursor_events, room, unwanted_upto})
      .then(
          [this, asked = session, thin = unwanted_upto.has_value(), by = peer_wish](protocol::log_answer& x) {
            pulling = false;
            if (phase != link_phase::live)
              return;
            if (asked == session && (!thin || by == peer_wish))
              pulled(x);
            else
              pull(); // of a session that is over, or not what the peer wants now
          },
          [this](const caf::error&) { pulling = false; });
}

void peer_link_state::pulled(protocol::log_answer& x) {
  place at{cursor.value_or(0), x.events};
  for (const auto& load : x.loads)
    at.events -= load.kind == parcel_kind::exact ? load.what->events : 0;
  for (auto& load : x.loads) {
    at.events += load.kind == parcel_kind::exact ? load.what->events : 0;
    // Only the last part of what was conflated brings the peer on.
    at.sequence = load.kind == parcel_kind::part ? at.sequence : load.what->batch->stamp.sequence;
    counts.conflated_parcels += load.kind == parcel_kind::exact ? 0 : 1;
    counts.lost_events += load.lost_events;
    if (load.kind == parcel_kind::conflated)
      note_conflated(x.upto);
    else if (load.kind == parcel_kind::thin)
      std::erase_if(late, [&](const auto& y) { return y.sequence <= x.upto; });
    waiting.emplace_back(std::move(load), at);
  }
  cursor = x.upto;
  cursor_events = x.events;
  // What was said since is not in the answer: where it is unwanted as well, it waits for the next.
  const bool more_put_off = put_off_upto > x.upto;
  all_sent = x.all || more_put_off;
  put_off_upto = more_put_off ? put_off_upto : 0;
  send_waiting();
}

void peer_link_state::send_waiting() {
  for (; !waiting.empty() && in_flight_bytes < settings.window_bytes; waiting.pop_front())
    send(waiting.front().first, waiting.front().second);
  if (waiting.empty() && !all_sent && in_flight_bytes < settings.window_bytes)
    pull();
}

void peer_link_state::send(const protocol::load& x, const place& reaches) {
  const auto size = x.what->bytes.size();
  in_flight.push({++number, size, reaches.sequence, now()});
  if (x.kind != parcel_kind::part)
    sent_places.push_back(reaches);
  in_flight_bytes += size;
  ++counts.sent_parcels;
  counts.sent_bytes += size;
  if (!x.what->batch->followed.empty()) [[unlikely]]
    note_sent(x);
  self->send(caf::actor_cast<link_end>(peer),
             protocol::link_parcel{session, number, x.kind, x.lost_events, x.what->bytes});
}

void peer_link_state::credit(const protocol::link_credit& x) {
  if (phase != link_phase::live || x.session != session)
    return;
  heard = now();
  std::uint64_t upto = 0;
  while (!in_flight.empty() && in_flight.front().number <= x.number) {
    const auto done = in_flight.pop();
    in_flight_bytes -= done.bytes;
    upto = done.sequence;
    const auto took = now() - done.sent;
    round_trip = round_trip ? *round_trip + (took - *round_trip) / 8 : took;
  }
  while (sent_places.size() > 1 && sent_places[1].sequence <= upto)
    sent_places.pop_front();
  release_upto(upto);
  if (x.wish > followed_wish)
    follows(x.wish);
  send_waiting();
}

void peer_link_state::hold(std::uint64_t sequence, std::vector<protocol::receipt_ptr> receipts) {
  if (receipts.empty())
    return;
  held.push_back({sequence, std::move(receipts), now() + settings.receipt_patience});
  if (!std::exchange(ticking, true))
    self->delayed_send(self, receipt_tick, protocol::tick_atom::value);
}

void peer_link_state::release_upto(std::uint64_t sequence) {
  while (!held.empty() && held.front().sequence <= sequence)
    held.pop_front();
}

void peer_link_state::release_late() {
  ticking = false;
  while (!held.empty() && held.front().until <= now())
    held.pop_front();
  if (!held.empty() && !std::exchange(ticking, true))
    self->delayed_send(self, receipt_tick, protocol::tick_atom::value);
}

void peer_link_state::received(protocol::link_parcel& x) {
  if (phase != link_phase::live || x.session != session)
    return;
  heard = now();
  auto parsed = codec::parse_batch(x.bytes);
  if (!parsed || parsed->stamp.origin != info.id || x.kind > parcel_kind::thin)
    return lost("it sent what cannot be read: " + (parsed ? "a batch of " + parsed->stamp.origin : parsed.error()));
  ++counts.received_parcels;
  counts.received_bytes += x.bytes.size();
  if (x.kind == parcel_kind::objection) {
    self->send(exchange, protocol::peer_batch{std::make_shared<const model::batch>(std::move(*parsed)), x.kind, 0, {}});
    return;
  }
  received_number = x.number;
  if (x.kind == parcel_kind::part)
    return keep_part(std::move(*parsed));
  known = {parsed->stamp.incarnation, parsed->stamp.sequence};
  undelivered.insert(x.number);
  self->send(exchange, protocol::peer_batch{arrived(with_its_parts(std::move(*parsed)), x.kind), x.kind, x.lost_events,
                                            std::make_shared<const credit_receipt>(self, session, x.number)});
}

/// Shown before the last, it would come again when the link is lost before that, and nobody could tell who has it.
void peer_link_state::keep_part(model::batch x) {
  parts.insert(parts.end(), std::make_move_iterator(x.changes.begin()), std::make_move_iterator(x.changes.end()));
  send_credit(); // it may be one of more than the window has room for
}

model::batch peer_link_state::with_its_parts(model::batch x) {
  if (parts.empty())
    return x;
  auto all = std::exchange(parts, {});
  all.insert(all.end(), std::make_move_iterator(x.changes.begin()), std::make_move_iterator(x.changes.end()));
  x.changes = std::move(all);
  x.followed.clear();
  return x;
}

void peer_link_state::object(const protocol::outgoing_objection& x) {
  // Outside the credit: there is one at most for each parcel of the peer.
  if (phase == link_phase::live)
    self->send(caf::actor_cast<link_end>(peer),
               protocol::link_parcel{session, 0, parcel_kind::objection, 0, codec::encode_batch(*x.batch)});
}

void peer_link_state::delivered(std::uint64_t of_session, std::uint64_t upto) {
  if (phase != link_phase::live || of_session != session)
    return;
  // Hubs have them in their order.
  undelivered.erase(undelivered.begin(), undelivered.upper_bound(upto));
  send_credit();
}

protocol::link_status peer_link_state::status() const {
  auto x = counts;
  x.node = info.id;
  x.address = info.link;
  x.phase = phase;
  using state = flow::circuit_breaker::state;
  const auto door = breaker.at(now());
  x.breaker = door == state::closed ? "closed" : door == state::open ? "open" : "half_open";
  x.failures = breaker.failures();
  x.in_flight_bytes = in_flight_bytes;
  x.window_bytes = settings.window_bytes;
  x.held_receipts = held.size();
  x.sent_upto = cursor.value_or(0);
  return x;
}

} // namespace towncrier::cluster
