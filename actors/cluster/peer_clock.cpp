#include "actors/cluster/peer_clock.hpp"

namespace towncrier::cluster {

namespace {

/// The first signs of life of a session that come with a clock, and how many there are between two of the later ones.
constexpr std::uint64_t first_beats = 4;
constexpr std::uint64_t later_beats = 5;

/// How well the peer knows the cluster's time; what nobody says is taken for not at all.
flow::cluster_time::source source_of(const protocol::link_clock& x) {
  using source = flow::cluster_time::source;
  return x.source <= static_cast<std::uint8_t>(source::cluster) ? static_cast<source>(x.source) : source::own_clock;
}

} // namespace

void peer_clock::begin(std::uint64_t session) {
  end();
  session_ = session;
}

void peer_clock::end() {
  if (own_ && session_ != 0)
    own_->lost(peer_);
  session_ = beats_ = 0;
  peer_sent_ = peer_sent_came_ = 0;
  offset_.reset();
}

std::optional<protocol::link_clock> peer_clock::beat(flow::time_point now) {
  const auto due = ++beats_ <= first_beats || beats_ % later_beats == 0;
  return due ? say(now) : std::nullopt;
}

std::optional<protocol::link_clock> peer_clock::say(flow::time_point now) const {
  if (!own_ || session_ == 0)
    return std::nullopt;
  const auto x = own_->read(now);
  return protocol::link_clock{session_,
                              peer_sent_,
                              peer_sent_came_,
                              x.steady,
                              x.wall_ahead,
                              x.cluster_ahead,
                              static_cast<std::uint8_t>(x.source)};
}

std::optional<protocol::link_clock> peer_clock::hear(const protocol::link_clock& x, flow::time_point now) {
  if (!own_ || session_ == 0 || x.session != session_)
    return std::nullopt;
  const auto came = own_->read(now).steady;
  offset_.take({x.origin, x.received, x.sent}, came);
  peer_sent_ = x.sent;
  peer_sent_came_ = came;
  if (const auto ahead = offset_.offset())
    own_->heard(peer_, {x.sent, x.wall_ahead, x.cluster_ahead, source_of(x)}, *ahead, offset_.error(), now);
  return x.origin == 0 ? say(now) : std::nullopt;
}

void peer_clock::fill(protocol::link_status& x) const {
  if (!own_ || session_ == 0 || !offset_.offset())
    return;
  x.clock_round_trip_ms = static_cast<double>(2 * offset_.error()) / 1000;
  if (const auto ahead = own_->wall_offset(peer_))
    x.clock_offset_ms = static_cast<double>(*ahead) / 1000;
}

} // namespace towncrier::cluster
