#include "nodes/descriptor_limit.hpp"
#include "nodes/node_parts.hpp"
#include "nodes/options/address.hpp"

namespace towncrier::node {

namespace {

/// Whether `host` is that of one of the URLs.
bool names_host(const protocol::edge_list& urls, std::string_view host) {
  const auto list = urls.get();
  return list && std::any_of(list->begin(), list->end(), [host](std::string_view url) {
           const auto edge = ws::parse_origin(url.ends_with('/') ? url.substr(0, url.size() - 1) : url);
           return edge && edge->host == host;
         });
}

ws::proxy_rules make_proxy_rules(const protocol::edge_options& x) {
  ws::proxy_rules result;
  for (const auto& range : x.trusted_proxies)
    result.trusted.add(range); // which was found possible when the options were read
  result.header = x.proxy_header;
  result.proxy_protocol = x.proxy_protocol;
  return result;
}

ws::site_rules make_site_rules(const protocol::options& x, std::shared_ptr<const protocol::edge_list> other_edges) {
  ws::site_rules result;
  for (const auto& origin : x.edge.allowed_origins)
    result.allowed.add(origin); // which was found possible when the options were read
  // Where it takes a token to change anything, no page can do so in the name of whoever looks at it.
  const auto anonymous = protocol::parse_role(x.auth.role_of_anonymous());
  result.guarded = anonymous && *anonymous >= protocol::role::publisher;
  result.loopback_only = is_loopback(x.edge.listen);
  // A page of another node goes on here when that one dies.
  result.friends = [edges = std::move(other_edges)](std::string_view host) { return names_host(*edges, host); };
  return result;
}

} // namespace

model::result<std::shared_ptr<const ws::server_options>>
make_server_options(const protocol::options& x, std::shared_ptr<const protocol::edge_list> other_edges) {
  auto result = std::make_shared<ws::server_options>();
  result->max_message_bytes = x.edge.max_message_bytes;
  result->compression = x.edge.compression;
  result->send_buffer_bytes = static_cast<int>(x.edge.send_buffer);
  result->reserved_descriptors = reserved_descriptors;
  result->handshake_timeout = x.edge.handshake_timeout;
  result->proxies = make_proxy_rules(x.edge);
  result->sites = make_site_rules(x, std::move(other_edges));
  result->websocket_paths = {"/", "/ws"};
  if (x.edge.echo)
    result->websocket_paths.emplace_back("/echo");
  if (!x.tls.certificate.empty()) {
    auto tls = ws::tls_context::load(x.tls.certificate, x.tls.key, x.tls.key_passphrase_file);
    if (!tls)
      return model::failure{"tls: " + tls.error()};
    result->tls = *tls;
  }
  return std::shared_ptr<const ws::server_options>{std::move(result)};
}

std::optional<model::failure> node::impl::listen() {
  std::map<std::string, std::string> made_pages;
  if (town)
    made_pages.emplace("/api/town.json", town_map_json(*town));
  const auto pages = std::make_shared<const static_pages>("index.html", "/", made_pages);
  const auto problems = std::make_shared<problem_log>("edge");
  auto where = parse_endpoint(options.edge.listen);
  for (std::size_t i = 0; i < threads.size(); ++i) {
    servers.push_back(std::make_unique<edge_server>(system, *threads[i], services_of(i), pages, ready, problems));
    const auto port = servers.back()->listen(where, server_options);
    if (!port)
      return model::failure{port.error()};
    where.port = edge_port = *port;
    where.shared = true; // among our threads
  }
  admin = std::make_unique<admin_server>(
      system,
      admin_targets{monitor, admission, debugger, inspector, authenticator, [this] { return certificates_end(); }},
      options, ready);
  const auto port = admin->start(parse_endpoint(options.admin.listen));
  if (!port)
    return model::failure{port.error()};
  admin_port = *port;
  return std::nullopt;
}

std::map<std::string, double> node::impl::certificates_end() const {
  auto result = member ? member->certificates_end() : std::map<std::string, double>{};
  if (server_options->tls)
    result["tls"] = server_options->tls->ends_at();
  return result;
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
  caf::anon_send(tracer, protocol::inspection_peers_actor{bridge});
  member->join(std::move(info), std::move(listeners), other_edges,
               {clock, life, [this](std::uint64_t by) { outlive(by); }});
  admin->join({member->membership(), exchange, ready});
  return std::nullopt;
}

} // namespace towncrier::node
