#include "nodes/node.hpp"

#include "actors/cluster/dialer.hpp"
#include "actors/cluster/exchange.hpp"
#include "actors/cluster/inspection_bridge.hpp"
#include "actors/edge/admission.hpp"
#include "actors/edge/authenticator.hpp"
#include "actors/edge/dispatcher.hpp"
#include "actors/edge/hub.hpp"
#include "actors/edge/rate_limiter.hpp"
#include "actors/ops/connection_monitor.hpp"
#include "actors/ops/debugger.hpp"
#include "actors/ops/inspector.hpp"
#include "actors/world/batcher.hpp"
#include "actors/world/character_directory.hpp"
#include "actors/world/event_notifier.hpp"
#include "actors/world/shared_world.hpp"
#include "actors/world/world.hpp"
#include "nodes/admin_server.hpp"
#include "nodes/cluster_member.hpp"
#include "nodes/edge_server.hpp"
#include "nodes/log.hpp"
#include "nodes/town_map.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>
#include <unistd.h>

namespace towncrier::node {

namespace {

/// How long a stopping node waits for its clients to go.
constexpr std::chrono::seconds drain_patience{15};

struct system_config : caf::actor_system_config {
  system_config(std::size_t threads, const protocol::cluster_options& cluster) {
    configure_links(*this, cluster);
    // Work stealing burns ten times the CPU when idle.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads);
  }
};

std::size_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

std::string host_name() {
  char buffer[65] = {};
  gethostname(buffer, sizeof buffer - 1);
  return model::is_node_id(buffer) ? buffer : "node";
}

/// A life of a node is told from those before it by when it began: milliseconds since the Unix epoch.
std::uint64_t new_incarnation() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

bool has_role(const protocol::options& x, std::string_view role) {
  return std::find(x.node.roles.begin(), x.node.roles.end(), role) != x.node.roles.end();
}

model::result<std::shared_ptr<const ws::server_options>> make_server_options(const protocol::options& x) {
  auto result = std::make_shared<ws::server_options>();
  result->max_message_bytes = x.edge.max_message_bytes;
  result->compression = x.edge.compression;
  result->handshake_timeout = x.edge.handshake_timeout;
  result->allowed_origins = x.edge.allowed_origins;
  result->websocket_paths = {"/", "/ws"};
  if (x.edge.echo)
    result->websocket_paths.emplace_back("/echo");
  if (!x.tls.certificate.empty()) {
    auto tls = ws::tls_context::load(x.tls.certificate, x.tls.key);
    if (!tls)
      return model::failure{tls.error()};
    result->tls = *tls;
  }
  return std::shared_ptr<const ws::server_options>{std::move(result)};
}

} // namespace

struct node::impl {
  explicit impl(const protocol::options& x) : options(x), system_options(cores(), x.cluster), system(system_options) {
    if (options.node.id.empty())
      options.node.id = host_name();
    if (options.edge.threads == 0)
      options.edge.threads = cores();
  }

  std::optional<model::failure> start();
  std::optional<model::failure> load_town();
  void spawn_hubs();
  void spawn_world();
  void spawn_ops();
  void spawn_inbound();
  edge::connection_services_ptr services_of(std::size_t thread) const;
  std::optional<model::failure> listen();
  std::optional<model::failure> join_cluster();
  cluster::exchange_settings exchange_settings();
  void stop();

  protocol::options options;
  /// Tells this life of the node from those before it.
  std::uint64_t incarnation = new_incarnation();
  std::unique_ptr<cluster_member> member; ///< nullptr: the node is alone
  std::shared_ptr<protocol::edge_list> other_edges = std::make_shared<protocol::edge_list>();
  system_config system_options;
  caf::actor_system system;
  std::shared_ptr<const town::definition> town;
  std::shared_ptr<std::atomic<bool>> ready = std::make_shared<std::atomic<bool>>(false);
  protocol::debug_switch debugging = std::make_shared<std::atomic<bool>>(false);
  protocol::traffic_list traffic;
  std::vector<std::unique_ptr<hosting::io_thread>> threads;
  std::shared_ptr<const ws::server_options> server_options;
  std::vector<std::unique_ptr<edge_server>> servers;
  std::unique_ptr<admin_server> admin;
  std::uint16_t edge_port = 0;
  std::uint16_t admin_port = 0;

  // In the order of a change's way.
  protocol::world_actor world;
  protocol::character_directory_actor characters;
  protocol::event_notifier_actor events;
  protocol::batcher_actor batcher;
  protocol::exchange_actor exchange;
  std::vector<protocol::hub_actor> hubs;
  protocol::admission_actor admission;
  protocol::authenticator_actor authenticator;
  protocol::rate_limiter_actor rate_limiter;
  protocol::dispatcher_actor dispatcher;
  protocol::connection_monitor_actor monitor;
  protocol::debugger_actor debugger;
  protocol::inspector_actor inspector;
  cluster::inspection_bridge_actor bridge; ///< empty where the node is alone
};

std::optional<model::failure> node::impl::start() {
  auto checked = make_server_options(options);
  if (!checked)
    return model::failure{checked.error()};
  server_options = *checked;
  hosting::counting_enabled = options.inspection.enabled;
  if (const auto& slow = options.inspection.slow_actor; !slow.empty())
    hosting::slow_down(slow.substr(0, slow.find(':')),
                       std::chrono::milliseconds{std::stoi(slow.substr(slow.find(':') + 1))});
  if (auto failure = load_town())
    return failure;
  if (options.cluster.enabled()) {
    auto made = cluster_member::make(options);
    if (!made)
      return model::failure{made.error()};
    member = std::move(*made);
  }
  const auto edge_threads = has_role(options, "edge") ? options.edge.threads : 0;
  for (std::size_t i = 0; i < edge_threads; ++i) {
    threads.push_back(std::make_unique<hosting::io_thread>(system, "io-" + std::to_string(i)));
    traffic.push_back(std::make_shared<protocol::traffic>());
  }
  spawn_hubs();
  spawn_world();
  spawn_ops();
  spawn_inbound();
  if (auto failure = listen())
    return failure;
  if (auto failure = join_cluster())
    return failure;
  for (auto& thread : threads)
    thread->start();
  ready->store(true);
  return std::nullopt;
}

std::optional<model::failure> node::impl::load_town() {
  if (!has_role(options, "world") || options.world.characters == 0)
    return std::nullopt;
  auto loaded = read_town(options.world.town);
  if (!loaded)
    return model::failure{loaded.error()};
  town = std::make_shared<const town::definition>(std::move(*loaded));
  return std::nullopt;
}

cluster::exchange_settings node::impl::exchange_settings() {
  cluster::exchange_settings result;
  const auto& x = options.cluster;
  result.node = options.node.id;
  result.incarnation = incarnation;
  result.log_bytes = x.log_bytes;
  result.log_age = x.log_age;
  result.link.cluster = x.prefix;
  result.link.node = options.node.id;
  result.link.incarnation = incarnation;
  result.link.window_bytes = x.window_bytes;
  result.link.seed = incarnation;
  result.link.heartbeat = x.heartbeat_interval;
  result.link.timeout = x.link_timeout;
  result.link.receipt_patience = x.link_timeout;
  if (member) {
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
                                 world::directory_settings{options.node.id, incarnation});
  events = hosting::spawn_on(system, nullptr, world::event_notifier, batcher);
  const world::world_services services{characters, events};
  if (town && member)
    world = hosting::spawn_on(system, nullptr, world::shared_world, services, town, options.world,
                              world::sharing{options.node.id, incarnation});
  else if (town)
    world = hosting::spawn_on(system, nullptr, world::world, services, town, options.world);
}

void node::impl::spawn_ops() {
  debugger = hosting::spawn_on(system, nullptr, ops::debugger, options.debugger, debugging);
  monitor = hosting::spawn_on(system, nullptr, ops::connection_monitor, options.node.id, traffic);
}

void node::impl::spawn_inbound() {
  admission = hosting::spawn_on(system, nullptr, edge::admission, options.edge);
  authenticator = hosting::spawn_on(system, nullptr, edge::authenticator, options.auth);
  dispatcher = hosting::spawn_on(system, nullptr, edge::dispatcher,
                                 edge::dispatch_targets{characters, events, world, debugger, monitor});
  rate_limiter = hosting::spawn_on(system, nullptr, edge::rate_limiter, dispatcher, options.rate_limiter);
  inspector = hosting::spawn_on(system, nullptr, ops::inspector,
                                ops::inspector_services{options.node.id, admission, characters, set_log_level});
}

edge::connection_services_ptr node::impl::services_of(std::size_t thread) const {
  edge::connection_services x;
  x.admission = admission;
  x.authenticator = authenticator;
  x.rate_limiter = rate_limiter;
  x.hub = hubs[thread];
  x.debugger = debugger;
  x.debugging = debugging;
  x.traffic = traffic[thread];
  x.edge = options.edge;
  x.limits = options.rate_limiter;
  x.auth_timeout = options.auth.timeout;
  x.auth_enabled = options.auth.enabled();
  x.node = options.node.id;
  x.other_edges = other_edges;
  return std::make_shared<const edge::connection_services>(std::move(x));
}

std::optional<model::failure> node::impl::listen() {
  std::map<std::string, std::string> made_pages;
  if (town)
    made_pages.emplace("/api/town.json", town_map_json(*town));
  const auto pages = std::make_shared<const static_pages>(made_pages);
  auto where = parse_endpoint(options.edge.listen);
  for (std::size_t i = 0; i < threads.size(); ++i) {
    servers.push_back(std::make_unique<edge_server>(system, *threads[i], services_of(i), pages, ready));
    const auto port = servers.back()->listen(where, server_options);
    if (!port)
      return model::failure{port.error()};
    where.port = edge_port = *port;
    where.shared = true; // among our threads
  }
  admin = std::make_unique<admin_server>(system, admin_targets{monitor, admission, debugger, inspector, authenticator},
                                         options, ready);
  const auto port = admin->start(parse_endpoint(options.admin.listen));
  if (!port)
    return model::failure{port.error()};
  admin_port = *port;
  return std::nullopt;
}

std::optional<model::failure> node::impl::join_cluster() {
  if (!member)
    return std::nullopt;
  if (auto failure = member->listen(system, exchange))
    return failure;
  protocol::node_info info;
  info.id = options.node.id;
  info.incarnation = incarnation;
  info.roles = options.node.roles;
  const auto host_of = [](const std::string& listen) { return listen.substr(0, listen.rfind(':') + 1); };
  if (edge_port != 0)
    info.edge = options.cluster.advertise_edge.empty() ? (server_options->tls ? "wss://" : "ws://") +
                                                             host_of(options.edge.listen) + std::to_string(edge_port)
                                                       : options.cluster.advertise_edge;
  info.admin = "http://" + host_of(options.admin.listen) + std::to_string(admin_port);
  std::vector<protocol::view_listener_actor> listeners;
  if (world)
    listeners.push_back(caf::actor_cast<protocol::view_listener_actor>(world));
  caf::anon_send(bridge, inspector);
  caf::anon_send(bridge, exchange);
  caf::anon_send(inspector, protocol::inspection_peers_actor{bridge});
  member->join(std::move(info), std::move(listeners), other_edges);
  admin->join({member->membership(), exchange});
  return std::nullopt;
}

void node::impl::stop() {
  ready->store(false);
  const auto running = edge_port != 0 && admin_port != 0;
  if (member)
    member->announce_end();
  if (running) {
    for (auto& server : servers)
      server->stop_accepting();
    caf::scoped_actor self{system};
    self->request(admission, drain_patience, protocol::stop_atom::value)
        .receive([](bool) {}, [](const caf::error&) { spdlog::warn("some clients did not go in time"); });
  }
  admin.reset();
  if (member)
    member->end();
  // Messages out of CAF's delayed sends keep their receivers alive: end those that tick by name.
  for (auto& actor : hubs)
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  for (const auto& actor : {caf::actor_cast<caf::actor>(world), caf::actor_cast<caf::actor>(exchange),
                            caf::actor_cast<caf::actor>(rate_limiter), caf::actor_cast<caf::actor>(inspector),
                            caf::actor_cast<caf::actor>(bridge)})
    if (actor)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  for (auto& thread : threads)
    thread->stop();
  servers.clear();
}

node::node(std::unique_ptr<impl> x) : impl_(std::move(x)) {}

node::~node() { impl_->stop(); }

model::result<std::unique_ptr<node>> node::start(const protocol::options& options) {
  std::unique_ptr<node> result{new node{std::make_unique<impl>(options)}};
  if (auto failure = result->impl_->start())
    return std::move(*failure);
  return result;
}

std::uint16_t node::edge_port() const noexcept { return impl_->edge_port; }
std::uint16_t node::admin_port() const noexcept { return impl_->admin_port; }
const std::string& node::id() const noexcept { return impl_->options.node.id; }

void node::reload() {
  caf::anon_send(impl_->authenticator, protocol::reload_atom::value);
  if (!impl_->server_options->tls)
    return;
  // The context is shared by the listeners; new connections get what was read.
  if (auto done = std::const_pointer_cast<ws::tls_context>(impl_->server_options->tls)->reload(); !done)
    spdlog::error("the certificate was not reloaded: {}", done.error());
}

} // namespace towncrier::node
