#include "actors/cluster/exchange.hpp"
#include "actors/cluster/gathering.hpp"

namespace towncrier::cluster {

void exchange_state::list_links(caf::typed_response_promise<protocol::link_list> promise) {
  const auto all = begin_gathering<protocol::link_list>({}, links.size(), std::move(promise));
  for (const auto& [node, link] : links)
    self->request(link, std::chrono::seconds{1}, protocol::list_atom::value)
        .then(
            [this, all](protocol::link_status& x) {
              x.said = said.last();
              all->all.links.push_back(std::move(x));
              all->done();
            },
            [all](const caf::error&) { all->done(); });
  all->done();
}

void exchange_state::add_hub(const protocol::hub_actor& x) {
  hubs.push_back(x);
  if (is_alone())
    return;
  self->send(x, caf::actor_cast<protocol::wants_keeper_actor>(protocol::exchange_actor{self}));
  for (const auto& [node, link] : links)
    caf::anon_send(link, protocol::own_wants{wanted()});
}

caf::result<bool> exchange_state::want(const protocol::hub_wants& x) {
  wanted_by[caf::actor_cast<caf::actor_addr>(self->current_sender())] = x.what;
  auto promise = self->make_response_promise<bool>();
  const auto all = begin_gathering(true, links.size(), promise);
  for (const auto& [node, link] : links)
    self->request(link, caf::infinite, protocol::own_wants{wanted()})
        .then([all](bool) { all->done(); }, [all](const caf::error&) { all->done(); });
  all->done();
  return promise;
}

protocol::wants exchange_state::wanted() const {
  protocol::wants result{false, {}};
  for (const auto& hub : hubs) {
    const auto at = wanted_by.find(hub.address());
    result = merged(result, at == wanted_by.end() ? protocol::wants{} : at->second);
  }
  // An edge that nobody watches at is ready for the viewers of others; where there are no hubs, none will ever come.
  return result.channels.empty() && !hubs.empty() ? protocol::wants{} : result;
}

} // namespace towncrier::cluster
