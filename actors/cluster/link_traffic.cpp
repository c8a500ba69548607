#include "actors/cluster/link_traffic.hpp"

#include "codec/batch.hpp"

namespace towncrier::cluster {

namespace {

using protocol::parcel_kind;

/// How often receipts that wait for a peer are looked at.
constexpr std::chrono::milliseconds receipt_tick{250};

/// Goes with a batch of the peer to all hubs; when the last of them is done with it, the link is told.
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

link_traffic::link_traffic(self_pointer self, protocol::exchange_actor exchange, const link_settings& settings,
                           std::string peer, model::position::mark known)
    : self_(self), exchange_(std::move(exchange)), settings_(settings), peer_id_(peer), sender_(settings.window_bytes),
      receiver_(known), tracing_(settings.node, std::move(peer), settings.traces) {}

// -- sessions

void link_traffic::begin(std::uint64_t session, const protocol::link_hello& x) {
  session_ = session;
  peer_ = caf::actor_cast<decltype(peer_)>(x.link);
  peer_life_ = x.incarnation;
  heard_ = now();
  filter_.set(x.interest);
  peer_interest_ = x.interest_number;
  if (interest_.session_began())
    tell_interest();
  const auto same_life = x.known_incarnation == settings_.incarnation;
  sender_.begin(same_life ? std::optional{x.known_sequence} : std::nullopt);
  pump();
}

void link_traffic::end() {
  session_ = 0;
  peer_ = nullptr;
  interest_.stop_waiting();
  sender_.end();
  receiver_.reset();
  receipts_.clear();
}

void link_traffic::send_credit() {
  self_->send(peer_, protocol::link_credit{session_, receiver_.credited(), peer_interest_});
}

void link_traffic::tell_clock(const std::optional<protocol::link_clock>& x) {
  if (x && session_ != 0)
    self_->send(peer_, *x);
}

// -- what this node says

void link_traffic::outgoing(protocol::outgoing_parcel& x) {
  const auto& batch = *x.what->batch;
  const auto sequence = batch.stamp.sequence;
  if (session_ == 0)
    return tracing_.delayed(batch, link_tracing::delay::no_link);
  if (sender_.is_next(sequence) && !filter_.concerns(*x.what)) {
    tracing_.delayed(batch, link_tracing::delay::not_watched);
    if (sender_.put_off(sequence))
      self_->delayed_send(self_, settings_.thin_interval, protocol::flush_atom::value);
    return; // nobody waits for a peer whose viewers watch nothing of it
  }
  keep(sequence, std::move(x.receipts));
  protocol::load load{std::move(x.what)};
  if (sender_.offer(load) == decltype(sender_)::offered::behind)
    tracing_.delayed(*load.what->batch, link_tracing::delay::window_full);
  pump();
}

void link_traffic::object(const protocol::outgoing_objection& x) {
  // Not counted as credit: there is one at most for each parcel of the peer.
  if (session_ != 0)
    self_->send(peer_, protocol::link_parcel{session_, 0, parcel_kind::objection, 0, codec::encode_batch(*x.batch)});
}

void link_traffic::put_off_due() {
  sender_.put_off_due();
  pump();
}

void link_traffic::tell_interest() {
  self_->send(peer_, protocol::link_interest{session_, interest_.number(), interest_.latest()});
}

/// Does what the sender says.
void link_traffic::pump() {
  while (auto x = sender_.next(now()))
    send(x->number, x->what);
  if (const auto x = sender_.ask())
    ask_log(*x);
}

void link_traffic::ask_log(const flow::link_sender<protocol::load>::question& x) {
  self_->request(exchange_, caf::infinite, protocol::log_request{x.after, x.events, x.max_bytes, x.unwanted_upto})
      .then(
          [this](protocol::log_answer& y) {
            sender_.answered(y.loads, {y.upto, y.events}, y.all);
            pump();
          },
          [this](const caf::error&) { sender_.unanswered(); });
}

void link_traffic::send(std::uint64_t number, const protocol::load& x) {
  ++counts_.sent_parcels;
  counts_.sent_bytes += x.size();
  counts_.conflated_parcels += x.kind == parcel_kind::exact ? 0 : 1;
  counts_.lost_events += x.lost_events;
  tracing_.sent(x);
  self_->send(peer_, protocol::link_parcel{session_, number, x.kind, x.lost_events, x.what->bytes});
}

void link_traffic::keep(std::uint64_t sequence, std::vector<protocol::receipt_ptr> receipts) {
  if (receipts.empty())
    return;
  receipts_.push(sequence, std::move(receipts), now() + settings_.receipt_patience);
  look_at_receipts_later();
}

void link_traffic::expire_receipts() {
  receipts_timer_ = false;
  receipts_.expire(now());
  if (!receipts_.empty())
    look_at_receipts_later();
}

void link_traffic::look_at_receipts_later() {
  if (!std::exchange(receipts_timer_, true))
    self_->delayed_send(self_, receipt_tick, protocol::tick_atom::value);
}

// -- what the peer says

std::optional<std::string> link_traffic::received(protocol::link_parcel& x) {
  if (!is_of(x.session))
    return std::nullopt;
  heard_ = now();
  auto parsed = codec::parse_batch(x.bytes);
  if (!parsed || parsed->stamp.origin != peer_id_ || parsed->stamp.incarnation != peer_life_ ||
      x.kind > parcel_kind::thin)
    return "it sent what cannot be read: " +
           (parsed ? "a batch of " + parsed->stamp.origin + ", life " + std::to_string(parsed->stamp.incarnation)
                   : parsed.error());
  ++counts_.received_parcels;
  counts_.received_bytes += x.bytes.size();
  if (x.kind == parcel_kind::objection) {
    self_->send(exchange_,
                protocol::peer_batch{std::make_shared<const model::batch>(std::move(*parsed)), x.kind, 0, {}});
  } else if (x.kind == parcel_kind::part) {
    receiver_.take_part(x.number, std::move(*parsed));
    send_credit(); // there may be more parts than the window has room for
  } else {
    auto batch = tracing_.arrived(receiver_.take(x.number, std::move(*parsed)), x.kind);
    self_->send(exchange_, protocol::peer_batch{std::move(batch), x.kind, x.lost_events,
                                                std::make_shared<const credit_receipt>(self_, session_, x.number)});
  }
  return std::nullopt;
}

void link_traffic::acknowledged(const protocol::link_credit& x) {
  if (!is_of(x.session))
    return;
  heard_ = now();
  receipts_.acknowledge(sender_.acknowledged(x.number, heard_));
  interest_.followed_by_peer(x.interest_number);
  pump();
}

void link_traffic::peer_watches(const protocol::link_interest& x) {
  if (!is_of(x.session) || x.number <= peer_interest_)
    return;
  peer_interest_ = x.number;
  filter_.set(x.interest);
  sender_.interest_changed();
  pump();
  send_credit();
}

void link_traffic::delivered(std::uint64_t session, std::uint64_t number) {
  if (!is_of(session))
    return;
  receiver_.delivered(number);
  send_credit();
}

// -- for whoever looks

void link_traffic::fill(protocol::link_status& x) const {
  x.sent_parcels = counts_.sent_parcels;
  x.sent_bytes = counts_.sent_bytes;
  x.received_parcels = counts_.received_parcels;
  x.received_bytes = counts_.received_bytes;
  x.conflated_parcels = counts_.conflated_parcels;
  x.lost_events = counts_.lost_events;
  x.in_flight_bytes = sender_.in_flight_bytes();
  x.window_bytes = settings_.window_bytes;
  x.held_receipts = receipts_.size();
  x.sent_upto = sender_.sent_upto();
}

model::object link_traffic::describe() const {
  model::object result{{"waiting_parcels", std::uint64_t{sender_.waiting()}},
                       {"pulling", sender_.asking()},
                       {"peer_watches", filter_.describe()}};
  if (const auto x = sender_.round_trip())
    result.emplace_back("round_trip_ms", std::chrono::duration<double, std::milli>{*x}.count());
  return result;
}

} // namespace towncrier::cluster
