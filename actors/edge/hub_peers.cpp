#include "actors/edge/hub.hpp"

namespace towncrier::edge {

void hub_state::hear_peers(const protocol::wants_keeper_actor& x) {
  wants_keeper = x;
  wants.begin(now());
}

void hub_state::request_of_peers(const protocol::wants& x) {
  self->request(wants_keeper, caf::infinite, protocol::hub_wants{x})
      .then([this, x](bool) { carry_out(wants.granted(x)); },
            [this, x](const caf::error&) { carry_out(wants.granted(x)); });
}

void hub_state::carry_out(std::deque<order> xs) {
  struct visitor {
    hub_state& hub;
    void operator()(protocol::join_request& x) const { hub.join(x); }
    void operator()(protocol::subscribe_order& x) const { hub.subscribe(x); }
    void operator()(protocol::unsubscribe_order& x) const { hub.unsubscribe(x); }
    void operator()(protocol::resume_order& x) const { hub.resume(x); }
  };
  for (auto& x : xs)
    std::visit(visitor{*this}, x);
}

} // namespace towncrier::edge
