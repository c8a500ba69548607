#include "actors/cluster/dialer.hpp"
#include "actors/edge/admission.hpp"
#include "actors/edge/authenticator.hpp"
#include "actors/edge/hub.hpp"
#include "actors/edge/rate_limiter.hpp"
#include "actors/ops/connection_monitor.hpp"
#include "actors/ops/debugger.hpp"
#include "actors/ops/inspector.hpp"
#include "actors/ops/tracer.hpp"
#include "actors/world/batcher.hpp"
#include "actors/world/character_directory.hpp"
#include "actors/world/event_notifier.hpp"
#include "actors/world/shared_world.hpp"
#include "actors/world/world.hpp"
#include "nodes/log.hpp"
#include "nodes/node_parts.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::node {

cluster::exchange_settings node::impl::exchange_settings() {
  cluster::exchange_settings result;
  const auto& x = options.cluster;
  result.node = options.node.id;
  result.incarnation = incarnation;
  result.log_bytes = x.log_bytes;
  result.log_age = x.log_age;
  result.forget_age = 2 * std::max(x.log_age, options.edge.history_age) + std::chrono::seconds{30};
  result.link.cluster = x.prefix;
  result.link.node = options.node.id;
  result.link.incarnation = incarnation;
  result.link.window_bytes = x.window_bytes;
  result.link.seed = incarnation;
  result.link.heartbeat = x.heartbeat_interval;
  result.link.timeout = x.link_timeout;
  result.link.receipt_patience = x.link_timeout;
  result.link.traces = traces;
  if (member) {
    result.link.clock = clock;
    result.link.outlived = [this](std::uint64_t by) { outlive(by); };
    result.link.dialer = hosting::spawn_on(system, nullptr, cluster::dialer, x.link_timeout);
    bridge = hosting::spawn_on(system, nullptr, cluster::inspection_bridge);
    result.link.answerer = caf::actor_cast<caf::actor>(bridge);
  }
  return result;
}

void node::impl::spawn_hubs() {
  exchange = hosting::spawn_on(system, nullptr, cluster::exchange, exchange_settings());
  for (auto& thread : threads) {
    hubs.push_back(hosting::spawn_on(system, thread.get(), edge::hub, options.edge));
    caf::anon_send(exchange, hubs.back());
  }
}

void node::impl::spawn_world() {
  batcher = hosting::spawn_on(system, nullptr, world::batcher, exchange, options.node.id, incarnation, options.batcher);
  // Where this life begins, so that a client's position is never empty: one that came before the first batch can
  // resume.
  const model::origin_position beginning{options.node.id, incarnation, 0};
  caf::anon_send(exchange,
                 protocol::outgoing_batch{std::make_shared<const model::batch>(model::batch{beginning, {}}), {}});
  characters = hosting::spawn_on(system, nullptr, world::character_directory, batcher, exchange,
                                 world::directory_settings{options.node.id, life});
  events = hosting::spawn_on(system, nullptr, world::event_notifier, batcher);
  const world::world_services services{characters, events, traces};
  if (!runs_town())
    return;
  if (member)
    world = hosting::spawn_on(
        system, nullptr, world::shared_world, services, town, options.world,
        world::sharing{options.node.id, [x = clock] { return x->milliseconds(std::chrono::steady_clock::now()); },
                       [x = clock] { return x->is_known(); },
                       [x = clock](std::uint64_t to) { x->raise(to, std::chrono::steady_clock::now()); }});
  else
    world = hosting::spawn_on(system, nullptr, world::world, services, town, options.world);
}

void node::impl::spawn_ops() {
  debugger = hosting::spawn_on(system, nullptr, ops::debugger, options.debugger, debugging);
  monitor = hosting::spawn_on(system, nullptr, ops::connection_monitor, options.node.id, traffic);
  tracer = hosting::spawn_on(system, nullptr, ops::tracer, ops::tracer_services{options.node.id, traces});
}

void node::impl::spawn_inbound() {
  admission = hosting::spawn_on(system, nullptr, edge::admission, options.edge);
  edge::authenticator_services tokens{options.auth, token_counts, admission, {}};
  tokens.elsewhere = [work = background](std::function<void()> task) {
    if (!work->run(std::move(task)))
      spdlog::error("the tokens are not read again: what was to be read before has not been read yet");
  };
  authenticator = hosting::spawn_on(system, nullptr, edge::authenticator, std::move(tokens));
  const edge::routes routes{characters, events, world, debugger, monitor};
  rate_limiter = hosting::spawn_on(
      system, nullptr, edge::rate_limiter, [routes](protocol::inbound&& x) { edge::route(routes, std::move(x)); },
      options.rate_limiter);
  inspector = hosting::spawn_on(system, &inspection, ops::inspector,
                                ops::inspector_services{options.node.id, admission, characters, set_log_level, tracer});
}

edge::connection_services_ptr node::impl::services_of(std::size_t thread) const {
  edge::connection_services x;
  x.admission = admission;
  x.authenticator = authenticator;
  x.rate_limiter = rate_limiter;
  x.hub = hubs[thread];
  x.routes = {characters, events, world, debugger, monitor};
  x.debugger = debugger;
  x.debugging = debugging;
  x.traffic = traffic[thread];
  x.edge = options.edge;
  x.limits = options.rate_limiter;
  x.auth_timeout = options.auth.timeout;
  x.auth_enabled = options.auth.enabled();
  x.anonymous = protocol::parse_role(options.auth.role_of_anonymous());
  x.node = options.node.id;
  x.incarnation = incarnation;
  x.other_edges = other_edges;
  x.traces = traces;
  return std::make_shared<const edge::connection_services>(std::move(x));
}

} // namespace towncrier::node
