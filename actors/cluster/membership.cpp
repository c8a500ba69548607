#include "actors/cluster/membership.hpp"

#include "actors/cluster/node_json.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::cluster {

using namespace std::chrono_literals;

namespace {

/// How long a node that comes waits to hear the cluster's time from one of the others.
constexpr std::chrono::seconds time_patience{3};

} // namespace

void membership_state::tick() {
  self->delayed_send(self, std::clamp<std::chrono::milliseconds>(options.lease / 12, 50ms, 500ms),
                     protocol::tick_atom::value);
  if (!watching)
    read();
  known->forget(self->clock().now());
  publish();
  if (known->reachable()) {
    look_after_time();
    look_after_own_key();
    keep_alive();
    has_its_number();
  }
}

// -- reading and watching

void membership_state::read() {
  if (std::exchange(reading, true))
    return;
  services.store->read(known->folder(), here([this](const model::result<etcd::snapshot>& x) { take(x); }));
}

void membership_state::take(const model::result<etcd::snapshot>& x) {
  reading = false;
  if (!x)
    return lose(x.error());
  if (!known->reachable())
    spdlog::info("etcd is reached; revision {}", x->revision);
  const bool forgetful = known->read(*x, self->clock().now());
  written = std::min(written, x->revision);
  if (forgetful)
    spdlog::warn("etcd has lost its memory: its revision fell to {}", x->revision);
  const auto number = ++watch;
  watching = true;
  services.store->watch(known->folder(), x->revision + 1,
                        here([this, number](const std::vector<etcd::change>& changes) { take(number, changes); }),
                        here([this, number](const std::string& why) { watch_ended(number, why); }));
  // Whoever else forgot us needs no time to get used to us: all have to come back.
  if (registered && known->own() == nullptr && !forgetful)
    node.active_from = 0;
  publish();
  look_after_own_key();
}

void membership_state::take(std::uint64_t number, const std::vector<etcd::change>& xs) {
  if (number != watch)
    return;
  for (const auto& x : xs)
    known->apply(x, self->clock().now());
  if (registered && !left && known->own() == nullptr) {
    // The others have seen us go.
    spdlog::warn("this node's key is gone from etcd; registering again");
    lease = 0;
    node.active_from = 0;
  }
  publish();
  look_after_own_key();
}

void membership_state::watch_ended(std::uint64_t number, const std::string& why) {
  if (number != watch)
    return;
  spdlog::debug("the watch at etcd has ended: {}", why);
  watching = false;
  // Perhaps it was that one member: reading shows whether there is another.
  read();
}

void membership_state::lose(const std::string& why) {
  ++failures;
  watching = false;
  ++watch;
  if (known->reachable() || !published)
    spdlog::warn("etcd cannot be reached, the last view stands: {}", why);
  known->lose();
  publish();
}

void membership_state::publish() {
  auto view = known->view();
  if (published && *published == view)
    return;
  published = std::move(view);
  for (const auto& x : services.listeners)
    self->send(x, *published);
}

// -- being registered

void membership_state::look_after_own_key() {
  if (known->store_revision() < written)
    return;
  if (!has_its_number())
    return;
  const auto* own = known->own();
  if (own != nullptr && own->node.incarnation > node.incarnation)
    return be_superseded(own->node);
  look_after_time();
  registered = own != nullptr && own->node == node && lease != 0;
  if (registered || left || superseded || !watching)
    return;
  if (lease == 0)
    get_lease();
  else
    write_own_key();
}

/// Whether this life's number is known to be above those of all lives before it. Until it is, nobody hears of it. Keeps
/// the number for the next life where that is due.
bool membership_state::has_its_number() {
  if (!services.life)
    return true;
  if (!watching || left || superseded || outlived)
    return services.claimed && !outlived;
  if (keeping)
    return services.claimed; // the watch may tell of it before the answer does
  const auto& kept = known->life().kept;
  if (!services.claimed && kept >= node.incarnation) {
    outlived = true;
    services.outlived(kept);
    return false;
  }
  if (!services.claimed || services.life->is_due(kept, self->clock().now()))
    keep_number(services.life->reserve(self->clock().now()));
  return services.claimed;
}

void membership_state::keep_number(std::uint64_t number) {
  if (std::exchange(keeping, true))
    return;
  services.store->put(
      {known->life_key(), std::to_string(std::max(number, known->life().kept)), 0, known->life().revision},
      here([this](const model::result<etcd::put_result>& x) {
        keeping = false;
        failures += x ? 0 : 1;
        if (!x)
          return spdlog::warn("the number of this node's life could not be kept in etcd: {}", x.error());
        if (!x->done)
          return; // the watch tells what came before
        if (!std::exchange(services.claimed, true))
          look_after_own_key();
      }));
}

/// Nobody owns anything before the cluster's time is known: it says from when on. Who is there first, as etcd has it,
/// goes by its own clock; who comes later hears the time on its links.
void membership_state::look_after_time() {
  if (!services.time_is_known)
    return;
  if (!services.time_is_known() && known->own() != nullptr) {
    if (!seen_at)
      seen_at = self->clock().now();
    const auto is_alone = known->view().nodes.size() == 1;
    if (is_alone || self->clock().now() - *seen_at >= time_patience)
      services.begin_time(is_alone);
  }
  if (node.active_from == protocol::never && services.time_is_known())
    node.active_from = from_now_on();
}

/// When a change that is made known now counts.
std::uint64_t membership_state::from_now_on() const {
  if (services.time_is_known && !services.time_is_known())
    return protocol::never;
  return services.time() + static_cast<std::uint64_t>(options.activation_delay.count());
}

void membership_state::get_lease() {
  if (std::exchange(asking_lease, true))
    return;
  const auto now = self->clock().now();
  services.store->grant(std::chrono::ceil<std::chrono::seconds>(options.lease),
                        here([this, now](const model::result<std::uint64_t>& x) {
                          asking_lease = false;
                          if (!x)
                            return lose(x.error());
                          lease = *x;
                          renewed = now;
                          look_after_own_key();
                        }));
}

void membership_state::write_own_key() {
  if (std::exchange(writing, true))
    return;
  if (node.active_from == 0)
    node.active_from = from_now_on();
  services.store->put({known->key_of(node.id), to_json(node), lease, known->own_revision()},
                      here([this](const model::result<etcd::put_result>& x) { take(x); }));
}

void membership_state::take(const model::result<etcd::put_result>& x) {
  writing = false;
  if (!x) {
    ++failures;
    spdlog::warn("this node could not be registered in etcd: {}", x.error());
    lease = 0;
    return;
  }
  // The view goes by the watch alone, in order; when it is there, we look again.
  registrations += x->done ? 1 : 0;
  if (x->done || x->current)
    written = x->done ? x->revision : x->current->revision;
}

void membership_state::keep_alive() {
  const auto now = self->clock().now();
  if (lease == 0 || superseded || left || now - renewed < options.lease / 3 || std::exchange(renewing, true))
    return;
  services.store->keep_alive(lease, here([this, now, which = lease](const model::result<bool>& x) {
                               renewing = false;
                               if (!x)
                                 return lose(x.error());
                               renewed = now;
                               if (!*x && which == lease) {
                                 spdlog::warn("this node's lease has run out; registering again");
                                 lease = 0;
                                 node.active_from = 0;
                                 look_after_own_key();
                               }
                             }));
}

void membership_state::be_superseded(const protocol::node_info& by) {
  if (std::exchange(superseded, true))
    return;
  registered = false;
  spdlog::error("another node has the id {} and began later (incarnation {}, ours {}): this one is none of the cluster "
                "any more",
                by.id, by.incarnation, node.incarnation);
  if (services.superseded)
    services.superseded(by);
}

// -- what others ask

caf::result<bool> membership_state::leave(const protocol::leave_request& x) {
  auto promise = self->make_response_promise<bool>();
  if (x.what == protocol::leave_request::step::announce)
    announce(promise);
  else
    deregister(promise);
  return promise;
}

void membership_state::announce(caf::typed_response_promise<bool> promise) {
  if (!known->reachable() || lease == 0 || superseded || left) {
    promise.deliver(false);
    return;
  }
  node.active_until = from_now_on();
  services.store->put({known->key_of(node.id), to_json(node), lease, known->own_revision()},
                      here([this, promise](const model::result<etcd::put_result>& x) mutable {
                        if (x && x->done)
                          written = x->revision;
                        promise.deliver(x && x->done);
                      }));
}

void membership_state::deregister(caf::typed_response_promise<bool> promise) {
  left = true;
  if (lease == 0) {
    promise.deliver(true);
    return;
  }
  services.store->revoke(lease, here([promise](const model::result<bool>& x) mutable { promise.deliver(bool{x}); }));
}

caf::result<protocol::town_update_result> membership_state::update_town(const protocol::town_update& x) {
  auto promise = self->make_response_promise<protocol::town_update_result>();
  services.store->put({known->town_key(), x.value, 0, x.expected_revision.value_or(0)},
                      here([promise, value = x.value](const model::result<etcd::put_result>& got) mutable {
                        protocol::town_update_result result;
                        if (!got)
                          result.error = got.error();
                        else if (got->done)
                          result = {true, value, got->revision, {}};
                        else if (got->current)
                          result = {false, got->current->value, got->current->revision, {}};
                        promise.deliver(std::move(result));
                      }));
  return promise;
}

protocol::membership_status membership_state::status() const {
  return {known->reachable(),
          registered,
          failures,
          registrations,
          published ? published->nodes.size() : 0,
          published ? published->revision : 0};
}

model::object membership_state::describe() const {
  model::array nodes;
  if (published)
    for (const auto& x : published->nodes)
      nodes.emplace_back(x.id);
  return {{"node", node.id},
          {"nodes", std::move(nodes)},
          {"revision", published ? published->revision : 0},
          {"etcd_reachable", published && published->store_reachable},
          {"registered", registered},
          {"watching", watching},
          {"has_lease", lease != 0},
          {"superseded", superseded},
          {"incarnation", node.incarnation},
          {"outlived", outlived},
          {"etcd_failures", failures},
          {"left", left}};
}

protocol::membership_actor::behavior_type membership(membership_state::self_pointer self, membership_services services,
                                                     protocol::node_info node, protocol::cluster_options options) {
  auto& state = self->state;
  state.services = std::move(services);
  state.known.emplace(options.prefix, node.id, options.lease);
  state.node = std::move(node);
  state.node.active_from = 0;
  state.options = std::move(options);
  self->send(self, protocol::tick_atom::value);
  return {
      [self](protocol::tick_atom) { self->state.tick(); },
      [](const protocol::store_report& x) { x.deal(); },
      [self](const protocol::view_listener_actor& x) {
        self->state.services.listeners.push_back(x);
        self->send(x, self->state.known->view());
      },
      [self](protocol::list_atom) { return self->state.known->view(); },
      [self](protocol::status_atom) { return self->state.status(); },
      [self](const protocol::leave_request& x) { return self->state.leave(x); },
      [self](const protocol::town_update& x) { return self->state.update_town(x); },
  };
}

} // namespace towncrier::cluster
