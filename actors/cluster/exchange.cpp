#include "actors/cluster/exchange.hpp"

namespace towncrier::cluster {

protocol::exchange_actor::behavior_type exchange(exchange_pointer self) {
  return {
      [self](const protocol::outgoing_batch& x) {
        for (const auto& hub : self->state.hubs)
          self->send(hub, x);
      },
      [self](const protocol::hub_actor& x) { self->state.hubs.push_back(x); },
  };
}

} // namespace towncrier::cluster
