#include "actors/cluster/peer_link.hpp"

namespace towncrier::cluster {

using protocol::link_phase;

// -- what this node wants

caf::result<bool> peer_link_state::want(const protocol::own_wants& x) {
  if (x.what != wanted) {
    wanted = x.what;
    ++wish;
    if (phase == link_phase::live)
      send_wish();
  }
  // Before anything comes from a peer that is not linked, it is greeted with the latest wish.
  if (phase == link_phase::waiting || followed_wish >= wish)
    return true;
  auto promise = self->make_response_promise<bool>();
  waiting_wishes.emplace_back(wish, promise);
  return promise;
}

void peer_link_state::send_wish() {
  self->send(caf::actor_cast<link_end>(peer), protocol::link_wish{session, wish, wanted});
}

/// Whatever comes now goes by that wish, or a later one.
void peer_link_state::follows(std::uint64_t which) {
  followed_wish = which;
  std::erase_if(waiting_wishes, [&](auto& x) {
    if (x.first > which)
      return false;
    x.second.deliver(true);
    return true;
  });
}

void peer_link_state::forget_waiting_wishes() {
  for (auto& x : std::exchange(waiting_wishes, {}))
    x.second.deliver(true);
}

// -- what the peer wants

void peer_link_state::wished(const protocol::link_wish& x) {
  if (phase != link_phase::live || x.session != session || x.number <= peer_wish)
    return;
  peer_wish = x.number;
  filter.set(x.wanted);
  if (put_off_upto != 0) {
    // As it was: whoever comes back to the peer wants to go on from there.
    put_off_upto = 0;
    all_sent = false;
    send_waiting();
  }
  send_credit();
}

void peer_link_state::put_off(std::uint64_t sequence) {
  put_off_upto = sequence;
  if (!std::exchange(putting_off, true))
    self->delayed_send(self, settings.thin_interval, protocol::flush_atom::value);
}

void peer_link_state::give_what_was_put_off() {
  putting_off = false;
  if (phase == link_phase::live && put_off_upto != 0)
    pull(put_off_upto);
}

void peer_link_state::send_credit() {
  self->send(caf::actor_cast<link_end>(peer), protocol::link_credit{session, credited(), peer_wish});
}

} // namespace towncrier::cluster
