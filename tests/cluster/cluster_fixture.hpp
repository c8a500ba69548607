#pragma once

#include "actors/cluster/exchange.hpp"
#include "actors/edge/hub.hpp"
#include "actors/world/batcher.hpp"
#include "actors/world/character_directory.hpp"
#include "actors/world/event_notifier.hpp"
#include "tests/cluster/recording.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// Clusters of many nodes in one thread, on a fake clock and a network that the test cuts, delays and heals.
namespace towncrier::cluster {

/// The cables between nodes: everything that two nodes say to each other goes over one of theirs.
class network {
public:
  using pair = std::pair<std::string, std::string>;

  static pair of(const std::string& a, const std::string& b) { return a < b ? pair{a, b} : pair{b, a}; }

  bool is_cut(const std::string& a, const std::string& b) const { return cut_.contains(of(a, b)); }
  std::chrono::milliseconds delay(const std::string& a, const std::string& b) const {
    const auto at = delays_.find(of(a, b));
    return at == delays_.end() ? std::chrono::milliseconds{1} : at->second;
  }
  void set_delay(const std::string& a, const std::string& b, std::chrono::milliseconds x) { delays_[of(a, b)] = x; }

  void add_cable(const std::string& a, const std::string& b, const caf::actor& cable) {
    cables_[of(a, b)].push_back(cable);
  }
  void cut(const std::string& a, const std::string& b) {
    cut_.insert(of(a, b));
    for (const auto& cable : std::exchange(cables_[of(a, b)], {}))
      caf::anon_send_exit(cable, caf::exit_reason::remote_link_unreachable);
  }
  void heal(const std::string& a, const std::string& b) { cut_.erase(of(a, b)); }
  void clear() {
    for (auto& [nodes, cables] : cables_)
      for (const auto& cable : std::exchange(cables, {}))
        caf::anon_send_exit(cable, caf::exit_reason::kill);
  }

  /// Whom to greet at a node; empty while it is down.
  std::map<std::string, protocol::exchange_actor> portals;

private:
  std::set<pair> cut_;
  std::map<pair, std::chrono::milliseconds> delays_;
  std::map<pair, std::vector<caf::actor>> cables_;
};

using network_ptr = std::shared_ptr<network>;

/// Stands for an actor of `to` at `from`: what it gets arrives there later, in order, or, once it is cut, never.
inline caf::behavior cable(caf::event_based_actor* self, network_ptr net, std::string from, std::string to,
                           caf::actor target) {
  net->add_cable(from, to, self);
  const auto delay = net->delay(from, to);
  self->set_default_handler([=](caf::scheduled_actor*, caf::message_view& x) -> caf::result<caf::message> {
    self->delayed_send(self, delay, caf::forward_atom::value, x.move_content_to_message());
    return caf::message{};
  });
  return {
      [=](caf::forward_atom, caf::message& x) { self->send(target, std::move(x)); },
      [=](protocol::link_hello& x) -> caf::result<protocol::link_reply> {
        // Handles that cross the network become cables of the other direction.
        x.link = caf::actor_cast<caf::strong_actor_ptr>(
            self->spawn(cable, net, to, from, caf::actor_cast<caf::actor>(x.link)));
        auto promise = self->make_response_promise<protocol::link_reply>();
        self->request(target, caf::infinite, std::move(x))
            .then(
                [=](protocol::link_reply& y) mutable {
                  if (y.accepted)
                    y.hello.link = caf::actor_cast<caf::strong_actor_ptr>(
                        self->spawn(cable, net, from, to, caf::actor_cast<caf::actor>(y.hello.link)));
                  promise.deliver(std::move(y));
                },
                [=](caf::error& why) mutable { promise.deliver(std::move(why)); });
        return promise;
      },
  };
}

inline caf::behavior fake_dialer(caf::event_based_actor* self, network_ptr net, std::string from) {
  return {[=](const std::string& to, std::uint16_t) -> caf::result<caf::strong_actor_ptr> {
    const auto at = net->portals.find(to);
    if (at == net->portals.end() || net->is_cut(from, to))
      return caf::make_error(caf::sec::cannot_connect_to_node);
    const auto portal = self->spawn(cable, net, from, to, caf::actor_cast<caf::actor>(at->second));
    return caf::actor_cast<caf::strong_actor_ptr>(portal);
  }};
}

struct cluster_fixture : support::actor_fixture {
  struct node {
    std::string id;
    std::uint64_t incarnation = 0;
    std::uint64_t outlived_by = 0; ///< a peer has said so
    std::shared_ptr<node_clock> clock;
    std::shared_ptr<protocol::readiness> ready;
    protocol::exchange_actor exchange;
    protocol::batcher_actor batcher;
    protocol::character_directory_actor directory;
    protocol::event_notifier_actor events;
    protocol::hub_actor hub;
    caf::actor dialer;
    tracing::board_ptr traces;
    std::optional<support::probe<protocol::connection_actor>> viewer;
    std::uint32_t slot = 0;
    recording seen;
    std::int64_t events_said = 0;
    /// What every node had said when this one's viewer was told what it is subscribed to.
    std::map<std::string, std::int64_t> said_before;
  };

  ~cluster_fixture() override {
    for (auto& [id, x] : nodes)
      crash_actors(x);
    net->clear();
    run();
  }

  node& start(const std::string& id, std::vector<std::string> channels = {"world"}, std::uint64_t incarnation = 0) {
    auto& x = nodes[id];
    x = {};
    x.id = id;
    x.incarnation = incarnation != 0 ? incarnation : 1'000'000 + ++lives * 100'000;
    x.dialer = system().spawn(fake_dialer, net, id);
    exchange_settings settings;
    settings.node = id;
    settings.incarnation = x.incarnation;
    settings.log_bytes = log_bytes;
    settings.forget_age = forget_age;
    settings.link.cluster = "/test";
    settings.link.node = id;
    settings.link.incarnation = x.incarnation;
    x.ready = std::make_shared<protocol::readiness>();
    x.ready->store(true);
    x.clock = std::make_shared<node_clock>(
        node_clock::settings{std::chrono::seconds{30},
                             [this, id] {
                               return std::chrono::duration_cast<std::chrono::microseconds>(now().time_since_epoch() +
                                                                                            skews[id] + wall_start)
                                   .count();
                             },
                             x.ready},
        now());
    settings.link.clock = x.clock;
    settings.link.outlived = [&x](std::uint64_t by) { x.outlived_by = by; };
    settings.link.window_bytes = window_bytes;
    settings.link.seed = x.incarnation;
    settings.link.thin_interval = std::chrono::milliseconds{100};
    x.traces = std::make_shared<tracing::board>();
    settings.link.traces = x.traces;
    settings.link.dialer = caf::actor_cast<protocol::dialer_actor>(x.dialer);
    x.exchange = spawn(exchange, settings);
    x.batcher = spawn(world::batcher, x.exchange, id, x.incarnation,
                      protocol::batcher_options{20, std::chrono::milliseconds{20}});
    x.directory = spawn(world::character_directory, x.batcher, x.exchange,
                        world::directory_settings{id, std::make_shared<flow::life_number>(x.incarnation, now())});
    x.events = spawn(world::event_notifier, x.batcher);
    protocol::edge_options edge;
    edge.resume_grace = std::chrono::milliseconds{0};
    edge.history_age = history_age;
    x.hub = spawn(edge::hub, edge);
    send(x.exchange, x.hub);
    x.viewer.emplace(make_probe<protocol::connection_actor>());
    send(x.hub, protocol::join_request{x.viewer->handle(), std::move(channels), false, {}});
    net->portals[id] = x.exchange;
    return x;
  }

  void crash(const std::string& id) {
    for (const auto& [other, x] : nodes)
      if (other != id) {
        net->cut(id, other);
        net->heal(id, other);
      }
    net->portals.erase(id);
    crash_actors(nodes.at(id));
    nodes.erase(id);
    run();
  }

  /// Everybody sees the nodes that are up now.
  void show_view() {
    protocol::cluster_view view;
    view.revision = ++revision;
    view.store_reachable = true;
    for (const auto& [id, x] : nodes) {
      protocol::node_info info;
      info.id = id;
      info.incarnation = x.incarnation;
      info.roles = {"world", "edge"};
      info.link = id + ":1";
      view.nodes.push_back(std::move(info));
    }
    for (const auto& [id, x] : nodes)
      send(x.exchange, view);
  }

  void say(node& at, const std::string& character, const std::string& state,
           model::change_kind kind = model::change_kind::state_change, protocol::receipt_ptr receipt = nullptr) {
    model::character_input input;
    input.kind = kind;
    input.id = {character, false};
    input.state = state;
    protocol::character_job job{{}, std::move(receipt)};
    job.inputs.push_back(std::move(input));
    caf::anon_send(at.directory, std::move(job));
  }

  void say_event(node& at) {
    protocol::event_job job;
    job.inputs.push_back({at.id, model::value{++at.events_said}, 1.0});
    caf::anon_send(at.events, std::move(job));
  }

  /// The viewer at `x` watches more, or less.
  void watch(node& x, std::vector<std::string> channels, bool snapshot = false) {
    caf::anon_send(x.hub,
                   protocol::subscribe_order{{x.slot, x.viewer->handle()}, {}, {std::move(channels), {}, snapshot}});
  }
  void ignore(node& x, std::vector<std::string> channels) {
    caf::anon_send(x.hub, protocol::unsubscribe_order{{x.slot, x.viewer->handle()}, {}, {std::move(channels), false}});
  }

  /// Lets time pass, and viewers read.
  void pass(std::chrono::milliseconds x) {
    advance(x);
    for (auto& [id, one] : nodes)
      read(one);
  }

  void read(node& x) {
    for (const auto& message : x.viewer->take_all()) {
      using probe = support::probe<protocol::connection_actor>;
      if (probe::is<protocol::joined>(message))
        x.slot = message.get_as<protocol::joined>(0).slot;
      else if (probe::is<protocol::answer>(message) && message.get_as<protocol::answer>(0).type == "subscribed")
        for (const auto& [id, one] : nodes)
          x.said_before[id] = one.events_said;
      x.seen.note(message);
    }
  }

  protocol::link_status link(const std::string& a, const std::string& b) {
    const auto list = request<protocol::link_list>(nodes.at(a).exchange, protocol::list_atom::value);
    for (const auto& x : list->links)
      if (x.node == b)
        return x;
    return {};
  }

  bool linked(const std::string& a, const std::string& b) { return link(a, b).phase == protocol::link_phase::live; }

  network_ptr net = std::make_shared<network>();
  std::map<std::string, node> nodes;
  /// How far the wall clock of each node is ahead.
  std::map<std::string, std::chrono::milliseconds> skews;
  static constexpr std::chrono::hours wall_start{500'000};
  std::uint64_t lives = 0;
  std::uint64_t revision = 0;
  std::size_t log_bytes = 1024 * 1024;
  std::size_t window_bytes = 64 * 1024;
  /// How long viewers can resume, and peers are asked for what nobody here watches any more.
  std::chrono::milliseconds history_age{120'000};
  std::chrono::milliseconds forget_age{300'000};

private:
  void crash_actors(node& x) {
    for (const auto& actor : {caf::actor_cast<caf::actor>(x.exchange), caf::actor_cast<caf::actor>(x.directory),
                              caf::actor_cast<caf::actor>(x.batcher), caf::actor_cast<caf::actor>(x.events),
                              caf::actor_cast<caf::actor>(x.hub), x.dialer})
      if (actor)
        caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    run();
  }
};

} // namespace towncrier::cluster
