#include "actors/edge/hub.hpp"

#include <algorithm>

namespace towncrier::edge {

namespace {

/// More channels than this are not worth telling the peers: they say everything then.
constexpr std::size_t max_channels = 64;

} // namespace

void hub_state::hear_peers(const protocol::wants_keeper_actor& x) {
  wanting.keeper = x;
  wanting.used = now();
}

/// Keeps what a viewer asks for until the peers know of it: so that nothing is missing of what it is told is in force.
bool hub_state::parks(const caf::actor_addr& who, const protocol::wants& needs, const order& x) {
  auto& w = wanting;
  const auto waits = std::any_of(w.waiting.begin(), w.waiting.end(), [&](const auto& y) { return y.who == who; });
  if (!w.keeper || (!waits && covers(*w.in_force, needs)))
    return false;
  w.waiting.push_back({who, x});
  if (!covers(w.asked, needs))
    ask(merged(w.asked, needs));
  return true;
}

void hub_state::carry_out_parked() {
  struct visitor {
    hub_state& hub;
    void operator()(protocol::join_request& x) const { hub.join(x); }
    void operator()(protocol::subscribe_order& x) const { hub.subscribe(x); }
    void operator()(protocol::unsubscribe_order& x) const { hub.unsubscribe(x); }
    void operator()(protocol::resume_order& x) const { hub.resume(x); }
  };
  // Those that still have to wait park themselves again, in their order.
  for (auto& x : std::exchange(wanting.waiting, {}))
    std::visit(visitor{*this}, x.order);
}

void hub_state::ask(const protocol::wants& x) {
  wanting.asked = x;
  ++wanting.unanswered;
  self->request(wanting.keeper, caf::infinite, protocol::hub_wants{x})
      .then([this, x](bool) { granted(x); }, [this, x](const caf::error&) { granted(x); });
}

void hub_state::granted(const protocol::wants& x) {
  --wanting.unanswered;
  wanting.in_force = std::make_shared<const protocol::wants>(merged(*wanting.in_force, x));
  carry_out_parked();
}

/// Asks for less when more was not wanted for as long as viewers may come back.
void hub_state::review_wants() {
  auto& w = wanting;
  if (!w.keeper || w.unanswered > 0)
    return;
  const auto channels = interest.watched(max_channels);
  const auto present = channels ? protocol::wants{false, *channels} : protocol::wants{};
  const auto& behind = viewers.catching_up();
  // Who has just come and may still say what it watches counts for nothing yet.
  const auto held =
      std::any_of(behind.begin(), behind.end(), [&](auto slot) { return viewers.find(slot)->behind->held; });
  if (present == w.asked) {
    if (!held)
      w.used = now();
  } else if (now() - w.used >= options.history_age) {
    w.in_force = std::make_shared<const protocol::wants>(present);
    ask(present);
  }
}

protocol::wants hub_state::watched_by(slot_type slot) const {
  const auto& world = interest.world();
  if (interest.area(slot) || std::binary_search(world.begin(), world.end(), slot))
    return {};
  return {false, interest.channels(slot)};
}

void hub_state::forget(const protocol::forget_origin& x) {
  flush();
  forgotten.forget(x.node, position);
  written_position = nullptr;
  history.erase(x.node);
  peers.erase(x.node);
}

/// A peer left out what nobody here wanted: those who watch no more than that can resume all the same.
void hub_state::mark_thin(record& x, const std::optional<model::position::mark>& before) const {
  x.exact = !wanting.in_force->everything;
  x.complete_for = wanting.in_force;
  const auto same_life = before && before->incarnation == x.stamp.incarnation;
  x.stands_for = x.stamp.sequence - (same_life ? before->sequence : 0);
}

} // namespace towncrier::edge
