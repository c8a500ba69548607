#pragma once

#include "actors/cluster/exchange.hpp"
#include "actors/cluster/inspection_bridge.hpp"
#include "actors/cluster/node_clock.hpp"
#include "actors/edge/connection.hpp"
#include "actors/world/life_keeper.hpp"
#include "flow/life_number.hpp"
#include "model/wall_clock.hpp"
#include "nodes/admin/admin_server.hpp"
#include "nodes/background_work.hpp"
#include "nodes/cluster_member.hpp"
#include "nodes/edge_server.hpp"
#include "nodes/life_file.hpp"
#include "nodes/node.hpp"
#include "nodes/town_map.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <algorithm>

namespace towncrier::node {

/// How CAF is to run.
struct system_config : caf::actor_system_config {
  system_config(std::size_t threads, const protocol::cluster_options& cluster);
};

/// What every listener for clients shares. Pages of `other_edges` may connect as our own may. The error names the
/// certificate that cannot be used.
model::result<std::shared_ptr<const ws::server_options>>
make_server_options(const protocol::options& x, std::shared_ptr<const protocol::edge_list> other_edges);

/// What a node is made of.
struct node::impl {
  impl(const protocol::options& x, std::uint64_t above);

  std::optional<model::failure> start();
  std::optional<model::failure> begin_life();
  std::optional<model::failure> load_town();
  /// Whether people live in the town; otherwise there is its map at most.
  bool runs_town() const { return has_role("world") && options.world.characters != 0; }
  bool has_role(std::string_view role) const {
    return std::find(options.node.roles.begin(), options.node.roles.end(), role) != options.node.roles.end();
  }
  void spawn_hubs();
  void spawn_world();
  void spawn_ops();
  void spawn_inbound();
  edge::connection_services_ptr services_of(std::size_t thread) const;
  std::optional<model::failure> listen();
  std::optional<model::failure> join_cluster();
  std::map<std::string, double> certificates_end() const;
  cluster::exchange_settings exchange_settings();
  /// Another life of this node has, or had, the number `by`, which is not below ours: begins another life, from any
  /// thread.
  void outlive(std::uint64_t by);
  /// The I/O threads, which run the actors that live on them.
  void start_threads();
  const hosting::termination& stop();

  protocol::options options;
  /// This life's number is to be above this.
  std::uint64_t above = 0;
  /// Tells this life of the node from those before it; set first of all.
  std::uint64_t incarnation = 0;
  std::shared_ptr<flow::life_number> life;
  std::shared_ptr<cluster::node_clock> clock; ///< nullptr where the node is alone
  /// A number of a life of this node that others have heard, and that is not below this life's; 0: there is none.
  std::atomic<std::uint64_t> outlived_by{0};
  std::shared_ptr<protocol::readiness> ready = std::make_shared<protocol::readiness>();
  std::unique_ptr<cluster_member> member; ///< nullptr: the node is alone
  std::shared_ptr<protocol::edge_list> other_edges = std::make_shared<protocol::edge_list>();
  system_config system_options;
  caf::actor_system system;
  std::shared_ptr<const town::definition> town;
  std::shared_ptr<background_work> background = std::make_shared<background_work>();
  protocol::token_counts_ptr token_counts = std::make_shared<protocol::token_counts>();
  protocol::debug_switch debugging = std::make_shared<std::atomic<bool>>(false);
  tracing::board_ptr traces = std::make_shared<tracing::board>();
  protocol::traffic_list traffic;
  std::vector<std::unique_ptr<hosting::io_thread>> threads;
  /// The inspector's: going through a hundred thousand actors must not take a thread from those who deliver.
  hosting::io_thread inspection{system, "inspection"};
  std::shared_ptr<const ws::server_options> server_options;
  std::vector<std::unique_ptr<edge_server>> servers;
  std::unique_ptr<admin_server> admin;
  bool threads_run = false;
  /// How the actors ended, when they have.
  std::optional<hosting::termination> ended;
  std::uint16_t edge_port = 0;
  std::uint16_t admin_port = 0;

  // In the order of a change's way.
  protocol::world_actor world;
  protocol::character_directory_actor characters;
  protocol::event_notifier_actor events;
  protocol::batcher_actor batcher;
  world::life_keeper_actor life_keeper; ///< empty where there is no `node.life_file`
  protocol::exchange_actor exchange;
  std::vector<protocol::hub_actor> hubs;
  protocol::admission_actor admission;
  protocol::authenticator_actor authenticator;
  protocol::rate_limiter_actor rate_limiter;
  protocol::connection_monitor_actor monitor;
  protocol::debugger_actor debugger;
  protocol::inspector_actor inspector;
  protocol::tracer_actor tracer;
  cluster::inspection_bridge_actor bridge; ///< empty where the node is alone
};

} // namespace towncrier::node
