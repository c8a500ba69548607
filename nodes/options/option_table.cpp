#include "nodes/options/option_table.hpp"

#include <utility>
#include <vector>

namespace towncrier::node {

namespace {

using namespace std::chrono_literals;
using protocol::options;

/// Joins an option to the member of the part of `options` that it sets, and to the kind of value that it takes.
template <auto Part, auto Member, class Value>
option bind(std::string_view key, std::string_view help, Value value) {
  return {key,
          help,
          Value::kind,
          value.allowed(),
          [value](options& to, std::string_view text) -> std::optional<std::string> {
            auto x = value.parse(text);
            if (!x)
              return x.error();
            (to.*Part).*Member = std::move(*x);
            return std::nullopt;
          },
          [value](const options& from) { return value.show((from.*Part).*Member); }};
}

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
constexpr std::size_t gib = 1024 * mib;
constexpr std::chrono::milliseconds hour = 1h;

using count_value = whole_value<std::size_t>;
constexpr boolean_value yes_or_no;

void add_node(std::vector<option>& to) {
  using part = protocol::node_options;
  constexpr auto node = &options::node;
  to.push_back(bind<node, &part::id>("node.id", "names this node to others and to clients; empty: the host's name",
                                     node_id_value{}));
  to.push_back(bind<node, &part::roles>("node.roles", "what this node does", words_value{{"world", "edge"}}));
  to.push_back(bind<node, &part::life_file>(
      "node.life_file",
      "file that keeps a number for this node's next life, so that epochs never fall, also when its clock was set back "
      "meanwhile; empty: none (a cluster keeps it in etcd)",
      output_value{}));
}

void add_edge_limits(std::vector<option>& to) {
  using part = protocol::edge_options;
  constexpr auto edge = &options::edge;
  to.push_back(
      bind<edge, &part::listen>("edge.listen", "where clients connect; port 0: any that is free", endpoint_value{}));
  to.push_back(bind<edge, &part::threads>("edge.threads", "I/O threads; 0: one a core", count_value{0, 256}));
  to.push_back(bind<edge, &part::max_connections>(
      "edge.max_connections", "clients at a time; a further one is answered 503", count_value{1, 1'000'000}));
  to.push_back(bind<edge, &part::max_connections_per_address>(
      "edge.max_connections_per_address",
      "clients of one address (IPv6: of one /64) at a time; a further one is answered 503; 0: any number",
      count_value{0, 1'000'000}));
  to.push_back(bind<edge, &part::max_message_bytes>(
      "edge.max_message_bytes", "size of a client's message; a larger one ends the connection with 1009",
      bytes_value{1 * kib, 64 * mib}));
  to.push_back(bind<edge, &part::max_depth>("edge.max_depth", "levels of arrays and objects inside each other",
                                            count_value{4, 256}));
  to.push_back(bind<edge, &part::send_buffer>(
      "edge.send_buffer", "bytes that the kernel may hold for a client's socket; 0: as many as it likes",
      bytes_value{0, 1 * gib}));
  to.push_back(bind<edge, &part::max_queued_bytes>(
      "edge.max_queued_bytes", "bytes that wait for a client's socket before the client counts as behind",
      bytes_value{4 * kib, 1 * gib}));
  to.push_back(bind<edge, &part::max_event_bytes>(
      "edge.max_event_bytes", "bytes of events that wait for a client that is behind; the oldest beyond it are dropped",
      bytes_value{4 * kib, 1 * gib}));
  to.push_back(bind<edge, &part::slow_client>(
      "edge.slow_client", "a client that is behind gets the latest states, or is disconnected with 4001",
      word_value{{"conflate", "disconnect"}}));
  to.push_back(bind<edge, &part::max_in_flight>(
      "edge.max_in_flight", "messages of a publisher on their way before its socket is not read any more",
      count_value{1, 1'000'000}));
  to.push_back(bind<edge, &part::max_errors>("edge.max_errors", "bad messages within a minute that end a connection",
                                             count_value{1, 1'000'000}));
}

void add_edge_ways(std::vector<option>& to) {
  using part = protocol::edge_options;
  constexpr auto edge = &options::edge;
  to.push_back(bind<edge, &part::auto_subscribe>(
      "edge.auto_subscribe", "a client that has sent no subscribe gets the channel world", yes_or_no));
  to.push_back(bind<edge, &part::echo>("edge.echo", "/echo returns every message", yes_or_no));
  to.push_back(bind<edge, &part::compression>("edge.compression", "agree to permessage-deflate", yes_or_no));
  to.push_back(bind<edge, &part::allowed_origins>(
      "edge.allowed_origins",
      "origins whose web pages may connect ('*': any); empty: any where it takes tokens, otherwise those of this host "
      "and of loopback",
      origins_value{}));
  to.push_back(bind<edge, &part::trusted_proxies>(
      "edge.trusted_proxies", "proxies whose word on a client's address is taken; empty: none", ranges_value{}));
  to.push_back(bind<edge, &part::proxy_header>("edge.proxy_header",
                                               "the header in which they say it; the other one is not looked at",
                                               word_value{{"x-forwarded-for", "forwarded"}}));
  to.push_back(bind<edge, &part::proxy_protocol>(
      "edge.proxy_protocol", "their connections begin with a header of the PROXY protocol (version 1 or 2)",
      yes_or_no));
}

void add_edge_times(std::vector<option>& to) {
  using part = protocol::edge_options;
  constexpr auto edge = &options::edge;
  to.push_back(bind<edge, &part::flush_window>(
      "edge.flush_window", "how long messages are gathered while others are going out", duration_value{0ms, 1s}));
  to.push_back(bind<edge, &part::heartbeat_interval>("edge.heartbeat_interval", "time between heartbeats to a client",
                                                     duration_value{100ms, hour}));
  to.push_back(bind<edge, &part::heartbeat_timeout>("edge.heartbeat_timeout", "a client silent for longer is closed",
                                                    duration_value{100ms, hour}));
  to.push_back(bind<edge, &part::handshake_timeout>("edge.handshake_timeout", "time a client has for its upgrade",
                                                    duration_value{100ms, hour}));
  to.push_back(bind<edge, &part::resume_grace>(
      "edge.resume_grace", "how long a new viewer's messages wait for its resume", duration_value{0ms, 1min}));
  to.push_back(bind<edge, &part::history_age>("edge.history_age", "how long what was said can be resumed",
                                              duration_value{0ms, 24 * hour}));
  to.push_back(bind<edge, &part::history_bytes>(
      "edge.history_bytes", "what can be resumed, estimated, for each I/O thread; encodings come on top",
      bytes_value{0, 64 * gib}));
  to.push_back(bind<edge, &part::drain_wave>("edge.drain_wave", "clients that a stopping node closes at a time",
                                             count_value{1, 1'000'000}));
  to.push_back(bind<edge, &part::drain_interval>("edge.drain_interval", "time between two such waves",
                                                 duration_value{1ms, 1min}));
}

void add_access(std::vector<option>& to) {
  using auth_part = protocol::auth_options;
  using tls_part = protocol::tls_options;
  constexpr auto auth = &options::auth;
  constexpr auto tls = &options::tls;
  to.push_back(bind<&options::admin, &protocol::admin_options::listen>(
      "admin.listen", "where metrics and inspection are served", endpoint_value{}));
  to.push_back(bind<&options::admin, &protocol::admin_options::token_file>(
      "admin.token_file",
      "file with a secret that opens the API of admin.listen, besides operators' tokens; empty: none", file_value{}));
  to.push_back(bind<&options::admin, &protocol::admin_options::audit_log>(
      "admin.audit_log", "file that gets a JSON line for each act of an operator; empty: the log alone",
      output_value{}));
  to.push_back(bind<auth, &auth_part::tokens>(
      "auth.tokens", "file of hashed tokens (see 'towncrier help token'); empty: none", file_value{}));
  to.push_back(bind<auth, &auth_part::jwt_key>(
      "auth.jwt_key", "file with the key of JWTs: the secret (HS256) or the PEM public key; empty: none",
      file_value{}));
  to.push_back(bind<auth, &auth_part::jwt_algorithm>("auth.jwt_algorithm", "the one algorithm that JWTs are signed by",
                                                     word_value{{"HS256", "RS256", "ES256"}}));
  to.push_back(bind<auth, &auth_part::jwt_keys>(
      "auth.jwt_keys", "JWKS file with the public keys of JWTs, chosen by kid, instead of auth.jwt_key; empty: none",
      file_value{}));
  to.push_back(bind<auth, &auth_part::jwt_audience>(
      "auth.jwt_audience", "who this node is in the aud of a JWT; empty: a JWT with an aud is for others",
      texts_value{}));
  to.push_back(bind<auth, &auth_part::jwt_issuer>("auth.jwt_issuer", "whose JWTs (iss) are taken; empty: anybody's",
                                                  texts_value{}));
  to.push_back(bind<auth, &auth_part::jwt_leeway>("auth.jwt_leeway", "how far the clock of who makes JWTs may be off",
                                                  duration_value{0ms, 10min}));
  to.push_back(bind<auth, &auth_part::jwt_role_claim>(
      "auth.jwt_role_claim",
      "the claim of a JWT that holds the role or several; a dot leads into one: realm_access.roles", name_value{}));
  to.push_back(bind<auth, &auth_part::timeout>("auth.timeout", "time a client has to send its token",
                                               duration_value{100ms, hour}));
  to.push_back(bind<auth, &auth_part::anonymous_role>(
      "auth.anonymous_role",
      "what a client may do that shows no token; empty: nothing where there are tokens, otherwise everything, on "
      "loopback alone",
      anonymous_role_value{}));
  to.push_back(bind<auth, &auth_part::allow_anonymous>(
      "auth.allow_anonymous", "what auth.anonymous_role = operator was called before", yes_or_no));
  to.push_back(bind<tls, &tls_part::certificate>("tls.certificate", "PEM file of the certificate chain; empty: no TLS",
                                                 file_value{}));
  to.push_back(bind<tls, &tls_part::key>("tls.key", "PEM file of the certificate's private key", file_value{}));
  to.push_back(bind<tls, &tls_part::key_passphrase_file>(
      "tls.key_passphrase_file", "file whose first line opens an encrypted tls.key; empty: it is not encrypted",
      file_value{}));
}

void add_etcd(std::vector<option>& to) {
  using part = protocol::cluster_options;
  constexpr auto cluster = &options::cluster;
  to.push_back(bind<cluster, &part::etcd>("cluster.etcd", "addresses of etcd's members; empty: this node is alone",
                                          etcd_urls_value{}));
  to.push_back(
      bind<cluster, &part::etcd_user>("cluster.etcd_user", "who this node is to etcd; empty: nobody", text_value{}));
  to.push_back(bind<cluster, &part::etcd_password_file>("cluster.etcd_password_file", "file with the password for etcd",
                                                        file_value{}));
  to.push_back(bind<cluster, &part::etcd_ca>(
      "cluster.etcd_ca", "PEM file of who signs etcd's certificates; empty: whom the system trusts", file_value{}));
  to.push_back(bind<cluster, &part::etcd_certificate>(
      "cluster.etcd_certificate", "PEM file of the certificate that this node shows to etcd; empty: none",
      file_value{}));
  to.push_back(
      bind<cluster, &part::etcd_key>("cluster.etcd_key", "PEM file of that certificate's private key", file_value{}));
  to.push_back(bind<cluster, &part::prefix>("cluster.prefix", "what this cluster's keys in etcd begin with",
                                            key_prefix_value{}));
  to.push_back(bind<cluster, &part::lease>(
      "cluster.lease", "a node silent to etcd for longer is gone; etcd rounds up to seconds, and grants 2s at least",
      duration_value{2s, 1min}));
  to.push_back(bind<cluster, &part::activation_delay>(
      "cluster.activation_delay", "time between the announcement that a node comes or goes and when that counts",
      duration_value{0ms, 1min}));
}

void add_links(std::vector<option>& to) {
  using part = protocol::cluster_options;
  constexpr auto cluster = &options::cluster;
  to.push_back(bind<cluster, &part::listen>("cluster.listen", "where peers connect; port 0: any that is free",
                                            endpoint_value{}));
  to.push_back(bind<cluster, &part::advertise>(
      "cluster.advertise", "the address that peers are told; empty: cluster.listen", advertised_value{}));
  to.push_back(bind<cluster, &part::advertise_edge>(
      "cluster.advertise_edge", "the URL that clients are told; empty: made from edge.listen", edge_url_value{}));
  to.push_back(bind<cluster, &part::certificate>(
      "cluster.certificate", "PEM file of the certificate that this node shows to peers", file_value{}));
  to.push_back(bind<cluster, &part::key>("cluster.key", "PEM file of that certificate's private key", file_value{}));
  to.push_back(bind<cluster, &part::key_passphrase_file>(
      "cluster.key_passphrase_file", "file whose first line opens an encrypted cluster.key; empty: it is not encrypted",
      file_value{}));
  to.push_back(bind<cluster, &part::ca>("cluster.ca", "PEM file of who signs the peers' certificates", file_value{}));
  to.push_back(bind<cluster, &part::heartbeat_interval>(
      "cluster.heartbeat_interval", "time between two signs of life to a peer", duration_value{10ms, 1min}));
  to.push_back(bind<cluster, &part::link_timeout>("cluster.link_timeout",
                                                  "a peer silent for longer is cut off; three intervals at least",
                                                  duration_value{30ms, 5min}));
  to.push_back(bind<cluster, &part::window_bytes>("cluster.window_bytes",
                                                  "bytes on their way to one peer before it counts as behind",
                                                  bytes_value{64 * kib, 1 * gib}));
  to.push_back(bind<cluster, &part::log_bytes>("cluster.log_bytes", "memory for what peers that come back have missed",
                                               bytes_value{0, 64 * gib}));
  to.push_back(
      bind<cluster, &part::log_age>("cluster.log_age", "how long that is kept", duration_value{0ms, 24 * hour}));
  to.push_back(bind<cluster, &part::max_clock_offset>("cluster.max_clock_offset",
                                                      "wall clocks of nodes further apart are warned of, and the node "
                                                      "that is off is not ready; nothing else comes of it",
                                                      duration_value{100ms, 24 * hour}));
}

void add_world(std::vector<option>& to) {
  using part = protocol::world_options;
  constexpr auto world = &options::world;
  to.push_back(bind<world, &part::characters>("world.characters", "characters of the built-in town; 0: no town",
                                              count_value{0, 100'000}));
  to.push_back(bind<world, &part::seed>("world.seed", "the same seed gives the same town",
                                        whole_value<std::uint64_t>{0, INT64_MAX}));
  to.push_back(bind<world, &part::town>(
      "world.town",
      "TOML file that defines the town, and its map for the page (with world.characters = 0, the map alone); "
      "empty: the built-in one",
      file_value{}));
  to.push_back(bind<world, &part::rate>("world.rate", "simulated seconds a second", real_value{0.01, 100'000}));
  to.push_back(
      bind<world, &part::tick>("world.tick", "time between two steps of the town", duration_value{10ms, 1min}));
  to.push_back(bind<&options::batcher, &protocol::batcher_options::max_size>(
      "batcher.max_size", "changes that make a batch full", count_value{1, 10'000}));
  to.push_back(bind<&options::batcher, &protocol::batcher_options::max_wait>(
      "batcher.max_wait",
      "the time between two batches that are not full: no change waits longer, and one after a quiet time not at all",
      duration_value{0ms, 1min}));
}

void add_limiter(std::vector<option>& to) {
  using part = protocol::rate_limiter_options;
  constexpr auto limiter = &options::rate_limiter;
  const count_value any_number{0, 1'000'000'000};
  to.push_back(bind<limiter, &part::max_messages>(
      "rate_limiter.max_messages", "messages that a viewer may send within the window; 0: any number", any_number));
  to.push_back(bind<limiter, &part::window>("rate_limiter.window", "the span that messages are counted over",
                                            duration_value{100ms, 24 * hour}));
  to.push_back(bind<limiter, &part::publisher_max_messages>("rate_limiter.publisher_max_messages",
                                                            "the same for a publisher", any_number));
  to.push_back(bind<limiter, &part::operator_max_messages>("rate_limiter.operator_max_messages",
                                                           "the same for an operator", any_number));
  to.push_back(bind<limiter, &part::max_violations>("rate_limiter.max_violations",
                                                    "refused messages within the window that end a connection",
                                                    count_value{1, 1'000'000'000}));
}

void add_operations(std::vector<option>& to) {
  to.push_back(bind<&options::debugger, &protocol::debugger_options::enabled>(
      "debugger.enabled", "log every message from the start", yes_or_no));
  to.push_back(bind<&options::debugger, &protocol::debugger_options::max_records>(
      "debugger.max_records", "messages that are kept for operators", count_value{0, 1'000'000}));
  to.push_back(bind<&options::inspection, &protocol::inspection_options::enabled>(
      "inspection.enabled", "count what every actor does", yes_or_no));
  to.push_back(bind<&options::inspection, &protocol::inspection_options::slow_actor>(
      "inspection.slow_actor", "for tests: slow every message of such actors down", slow_actor_value{}));
  to.push_back(bind<&options::log, &protocol::log_options::level>(
      "log.level", "the least serious messages that are logged",
      word_value{{"trace", "debug", "info", "warn", "error", "off"}}));
  to.push_back(bind<&options::log, &protocol::log_options::format>("log.format", "text, or one JSON object a line",
                                                                   word_value{{"text", "json"}}));
}

std::vector<option> make_table() {
  std::vector<option> result;
  for (const auto add : {add_node, add_edge_limits, add_edge_ways, add_edge_times, add_access, add_etcd, add_links,
                         add_world, add_limiter, add_operations})
    add(result);
  return result;
}

} // namespace

std::span<const option> option_table() {
  static const std::vector<option> table = make_table();
  return table;
}

} // namespace towncrier::node
