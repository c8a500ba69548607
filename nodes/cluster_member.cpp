#include "nodes/cluster_member.hpp"

#include "actors/cluster/edge_roster.hpp"
#include "actors/cluster/link_sockets.hpp"
#include "actors/cluster/membership.hpp"
#include "nodes/edge_server.hpp"
#include "ws/pass_phrase.hpp"
#include "ws/tls_context.hpp"

#include <caf/io/middleman.hpp>
#include <caf/openssl/all.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>
#include <unistd.h>

namespace towncrier::node {

namespace {

/// How long etcd may take when the node ends.
constexpr std::chrono::seconds patience{3};

/// A connection that has taken nothing for so many times what a peer may be silent is given up.
constexpr int hung_timeouts = 5;

constexpr int claim_tries = 5;

/// What the store answers to `ask`, or why it does not.
template <class T, class F>
model::result<T> wait_for(F ask) {
  const auto answer = std::make_shared<std::promise<model::result<T>>>();
  auto result = answer->get_future();
  ask([answer](model::result<T> x) { answer->set_value(std::move(x)); });
  if (result.wait_for(patience) != std::future_status::ready)
    return model::failure{"no answer in time"};
  return result.get();
}

model::result<std::string> read_password(const std::string& path) {
  if (path.empty())
    return std::string{};
  std::ifstream file{path};
  std::string text;
  if (!file || !std::getline(file, text))
    return model::failure{"cluster.etcd_password_file: cannot read a password from " + path};
  return text;
}

} // namespace

void configure_links(caf::actor_system_config& to, const protocol::cluster_options& x) {
  if (!x.enabled())
    return;
  cluster::prepare_link_sockets(hung_timeouts * x.link_timeout);
  to.load<caf::io::middleman>();
  to.load<caf::openssl::manager>();
  to.add_message_types<caf::id_block::towncrier>();
  to.openssl_certificate = x.certificate;
  to.openssl_key = x.key;
  // One that cannot be read is found when the certificates are checked.
  if (const auto phrase = ws::pass_phrase::read(x.key_passphrase_file))
    to.openssl_passphrase = phrase->text();
  to.openssl_cafile = x.ca;
  // Links have signs of life of their own: this limit would end connections that are just being made.
  to.set("middleman.heartbeat-interval", caf::timespan{0});
  to.set("middleman.connection-timeout", caf::timespan{0});
  to.set("middleman.app-identifiers", std::vector<std::string>{"towncrier"});
}

model::result<std::unique_ptr<cluster_member>> cluster_member::make(const protocol::options& options) {
  const auto& x = options.cluster;
  // CAF ends the process over a certificate that it cannot use.
  std::map<std::string, double> ends;
  if (auto links = ws::tls_context::load(x.certificate, x.key, x.key_passphrase_file); !links)
    return model::failure{"cluster.certificate: " + links.error()};
  else
    ends["cluster"] = (*links)->ends_at();
  if (!x.etcd_certificate.empty())
    if (const auto shown = ws::tls_context::load(x.etcd_certificate, x.etcd_key))
      ends["etcd"] = (*shown)->ends_at();
  if (!std::ifstream{x.ca})
    return model::failure{"cluster.ca: cannot read " + x.ca};
  auto password = read_password(x.etcd_password_file);
  if (!password)
    return model::failure{password.error()};
  etcd::client_options client;
  client.endpoints = x.etcd;
  client.user = x.etcd_user;
  client.password = *password;
  client.tls = {x.etcd_ca, x.etcd_certificate, x.etcd_key};
  auto store = etcd::client::make(std::move(client));
  if (!store)
    return model::failure{store.error()};
  std::unique_ptr<cluster_member> result{new cluster_member{options}};
  result->store_ = std::move(*store);
  result->certificates_end_ = std::move(ends);
  return result;
}

std::uint64_t cluster_member::claim_life(std::uint64_t least) {
  const cluster::roster names{options_.cluster.prefix, options_.node.id, options_.cluster.lease};
  for (int i = 0; i < claim_tries; ++i) {
    const auto read = wait_for<etcd::snapshot>([&](auto done) { store_->read(names.folder(), std::move(done)); });
    if (!read) {
      spdlog::warn("etcd does not say what the number of this node's last life was: {}", read.error());
      return least;
    }
    auto known = names;
    known.read(*read, {});
    // What stands at the node's own key may be of a version that kept no numbers.
    const auto kept = std::max(known.life().kept, known.own() == nullptr ? 0 : known.own()->node.incarnation);
    const auto number = flow::life_number::next(least, kept);
    const flow::life_number life{number, {}};
    const etcd::put_request claim{names.life_key(), std::to_string(life.reserve({})), 0, known.life().revision};
    const auto put = wait_for<etcd::put_result>([&](auto done) { store_->put(claim, std::move(done)); });
    claimed_ = put && put->done;
    if (claimed_)
      return number;
  }
  spdlog::warn("the number of this node's life could not be kept in etcd; it is tried again");
  return least;
}

std::optional<model::failure> cluster_member::listen(caf::actor_system& system,
                                                     const protocol::exchange_actor& exchange) {
  system_ = &system;
  exchange_ = exchange;
  const auto where = parse_endpoint(options_.cluster.listen);
  const auto port =
      caf::openssl::publish(caf::actor_cast<caf::actor>(exchange), where.port, where.address.c_str(), true);
  if (!port)
    return model::failure{"cluster.listen: cannot listen on " + options_.cluster.listen + ": " +
                          system.render(port.error())};
  port_ = *port;
  return std::nullopt;
}

void cluster_member::join(protocol::node_info info, std::vector<protocol::view_listener_actor> listeners,
                          std::shared_ptr<protocol::edge_list> edges, member_life life) {
  const auto& x = options_.cluster;
  info.link = x.advertise.empty() ? x.listen.substr(0, x.listen.rfind(':') + 1) + std::to_string(port_) : x.advertise;
  info.protocol = protocol::link_protocol;
  cluster::membership_services services;
  services.store = store_.get();
  services.listeners = std::move(listeners);
  services.listeners.push_back(caf::actor_cast<protocol::view_listener_actor>(exchange_));
  services.listeners.push_back(hosting::spawn_on(*system_, nullptr, cluster::edge_roster, info.id, std::move(edges)));
  const auto clock = std::move(life.clock);
  services.time = [clock] { return clock->milliseconds(std::chrono::steady_clock::now()); };
  services.time_is_known = [clock] { return clock->is_known(); };
  services.begin_time = [clock](bool is_first) { clock->begin(is_first); };
  services.superseded = [](const protocol::node_info& by) {
    spdlog::critical("another node has taken over the id {}: this one ends", by.id);
    ::kill(::getpid(), SIGTERM); // raise() would tell this thread alone, and no thread hears it
  };
  services.life = std::move(life.number);
  services.claimed = claimed_;
  services.outlived = std::move(life.outlived);
  membership_ = hosting::spawn_on(*system_, nullptr, cluster::membership, std::move(services), std::move(info), x);
}

void cluster_member::announce_end() {
  using step = protocol::leave_request::step;
  if (!membership_)
    return;
  caf::scoped_actor self{*system_};
  auto told = false;
  self->request(membership_, patience, protocol::leave_request{step::announce})
      .receive([&](bool done) { told = done; }, [](const caf::error&) {});
  if (told)
    std::this_thread::sleep_for(options_.cluster.activation_delay);
  else
    spdlog::warn("etcd could not be told that this node goes: the others notice when its lease is over");
}

void cluster_member::deregister() {
  using step = protocol::leave_request::step;
  if (port_ != 0)
    caf::anon_send(system_->openssl_manager().actor_handle(), caf::unpublish_atom::value, exchange_.address(), port_);
  if (membership_) {
    caf::scoped_actor self{*system_};
    self->request(membership_, patience, protocol::leave_request{step::deregister})
        .receive([](bool) {}, [](const caf::error&) {});
  }
  membership_ = nullptr;
  exchange_ = nullptr;
}

} // namespace towncrier::node
