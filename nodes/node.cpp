#include "hosting/actor_watch.hpp"
#include "nodes/node_parts.hpp"
#include "nodes/shutdown_order.hpp"

#include <caf/scoped_actor.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <thread>
#include <unistd.h>

namespace towncrier::node {

namespace {

/// How long a stopping node waits for its clients to go.
constexpr std::chrono::seconds drain_patience{15};

std::size_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

std::string host_name() {
  char buffer[65] = {};
  gethostname(buffer, sizeof buffer - 1);
  return model::is_node_id(buffer) ? buffer : "node";
}

} // namespace

system_config::system_config(std::size_t threads, const protocol::cluster_options& cluster) {
  configure_links(*this, cluster);
  // Work stealing burns ten times the CPU when idle.
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", threads);
}

node::impl::impl(const protocol::options& x, std::uint64_t before)
    : options(x), above(before), system_options(cores(), x.cluster), system(system_options) {
  if (options.node.id.empty())
    options.node.id = host_name();
  if (options.edge.threads == 0)
    options.edge.threads = cores();
}

std::optional<model::failure> node::impl::start() {
  auto checked = make_server_options(options, other_edges);
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
  if (auto failure = begin_life())
    return failure;
  const auto edge_threads = has_role("edge") ? options.edge.threads : 0;
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
  start_threads();
  ready->store(true);
  return std::nullopt;
}

/// Finds the number of this life: above those of all lives before it that anybody has kept.
std::optional<model::failure> node::impl::begin_life() {
  const life_file file{options.node.life_file};
  auto kept = above;
  if (!options.node.life_file.empty()) {
    const auto read = file.read();
    if (!read)
      return model::failure{read.error()};
    kept = std::max(kept, *read);
  }
  const auto wall = static_cast<std::uint64_t>(model::wall_microseconds()) / 1000;
  incarnation = flow::life_number::next(wall, kept);
  if (member) {
    incarnation = member->claim_life(incarnation);
    clock = std::make_shared<cluster::node_clock>(
        cluster::node_clock::settings{options.cluster.max_clock_offset, model::wall_microseconds, ready},
        std::chrono::steady_clock::now());
  }
  const auto now = std::chrono::steady_clock::now();
  life = std::make_shared<flow::life_number>(incarnation, now);
  if (options.node.life_file.empty())
    return std::nullopt;
  const auto keep = life->reserve(now);
  life_keeper = hosting::spawn_on(system, nullptr, world::life_keeper, life, keep,
                                  [file](std::uint64_t number) { return file.write(number); });
  return file.write(keep);
}

std::optional<model::failure> node::impl::load_town() {
  if (options.world.town.empty() && !runs_town())
    return std::nullopt;
  auto loaded = read_town(options.world.town);
  if (!loaded)
    return model::failure{loaded.error()};
  town = std::make_shared<const town::definition>(std::move(*loaded));
  return std::nullopt;
}

void node::impl::outlive(std::uint64_t by) {
  auto known = outlived_by.load();
  while (known < by && !outlived_by.compare_exchange_weak(known, by)) {
  }
  if (known != 0)
    return;
  const auto why = fmt::format("the number of this life of node {} is {}, and an earlier one is known with {}: what it "
                               "says would be taken for old, so that it is started anew with a higher number",
                               options.node.id, incarnation, by);
  spdlog::error("{}", why);
  ready->set("life", why);
  ::kill(::getpid(), SIGUSR1);
}

void node::impl::start_threads() {
  if (std::exchange(threads_run, true))
    return;
  for (auto& thread : threads)
    thread->start();
  inspection.start();
}

const hosting::termination& node::impl::stop() {
  if (ended)
    return *ended;
  ready->store(false);
  if (member)
    member->announce_end();
  if (threads_run) {
    for (auto& server : servers)
      server->stop_accepting();
    caf::scoped_actor self{system};
    self->request(admission, drain_patience, protocol::stop_atom::value)
        .receive([](bool) {}, [](const caf::error&) { spdlog::warn("some clients did not go in time"); });
  }
  admin.reset();
  if (member)
    member->deregister();
  if (!threads_run) {
    // The node did not come to run: nobody is let in, and the actors still need their threads to end.
    servers.clear();
    start_threads();
  }
  ended = hosting::terminator{system, shutdown_order()}.run();
  if (!ended->unlisted.empty())
    spdlog::warn("kinds of actors that have no place in the order of the shutdown ended last: {}",
                 fmt::join(ended->unlisted, ", "));
  if (!ended->killed.empty())
    spdlog::warn("actors that did not end in time were killed: {}", fmt::join(ended->killed, ", "));
  if (!ended->stuck.empty()) {
    spdlog::critical("actors that hang in a handler and do not end: {}", fmt::join(ended->stuck, ", "));
    return *ended; // their threads do not end either
  }
  for (auto& thread : threads)
    thread->stop();
  inspection.stop();
  servers.clear();
  if (member)
    member->end();
  return *ended;
}

node::node(std::unique_ptr<impl> x) : impl_(std::move(x)) {}

node::~node() { impl_->stop(); }

const hosting::termination& node::stop() { return impl_->stop(); }

model::result<std::unique_ptr<node>> node::start(const protocol::options& options, std::uint64_t above) {
  std::unique_ptr<node> result{new node{std::make_unique<impl>(options, above)}};
  if (auto failure = result->impl_->start())
    return std::move(*failure);
  return result;
}

std::uint16_t node::edge_port() const noexcept { return impl_->edge_port; }
std::uint16_t node::admin_port() const noexcept { return impl_->admin_port; }
const std::string& node::id() const noexcept { return impl_->options.node.id; }

std::uint64_t node::outlived_by() const noexcept { return impl_->outlived_by; }

void node::reload() {
  // Not here: whoever takes the signals must hear the next one, whatever the disk does.
  caf::anon_send(impl_->authenticator, protocol::reload_atom::value);
  auto task = [tls = std::const_pointer_cast<ws::tls_context>(impl_->server_options->tls),
               secret = impl_->admin ? impl_->admin->secret() : nullptr] {
    if (secret)
      secret->reload();
    // The context is shared by the listeners; new connections get what was read.
    if (auto done = tls ? tls->reload() : model::result<bool>{true}; !done)
      spdlog::error("the certificate was not reloaded: {}", done.error());
    else if (tls)
      spdlog::info("the certificate was read again");
  };
  if (!impl_->background->run(std::move(task)))
    spdlog::error("nothing is read again: what was to be read before has not been read yet");
}

} // namespace towncrier::node
