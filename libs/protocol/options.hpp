#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What can be configured, one struct a part. `nodes/options.cpp` says what each is called, its unit and what is
/// allowed; a part gets only values that passed there.
namespace towncrier::protocol {

struct node_options {
  /// Names this node in positions and to clients; the host's name when empty.
  std::string id;
  /// `world`, `edge` or both.
  std::vector<std::string> roles{"world", "edge"};
  /// File that keeps the number of this life for the next one, so that epochs never fall; empty: none.
  std::string life_file;
};

/// What a connection and a hub do for viewers.
struct edge_options {
  std::string listen = "127.0.0.1:8765";
  /// I/O threads; 0: one a core.
  std::size_t threads = 0;
  std::size_t max_connections = 10'000;
  /// Clients of one address (of one /64 where it is IPv6); 0: any number.
  std::size_t max_connections_per_address = 0;
  std::size_t max_message_bytes = 64 * 1024;
  /// Levels of arrays and objects inside each other.
  std::size_t max_depth = 32;
  /// Whether a client that has sent no `subscribe` gets `world`.
  bool auto_subscribe = true;
  /// Whether `/echo` returns every message.
  bool echo = false;
  /// Whether permessage-deflate is agreed to.
  bool compression = true;
  /// How long a hub gathers what arrives while a fan-out is under way.
  std::chrono::milliseconds flush_window{2};
  std::chrono::milliseconds heartbeat_interval{15'000};
  /// A client silent for longer is closed.
  std::chrono::milliseconds heartbeat_timeout{45'000};
  std::chrono::milliseconds handshake_timeout{10'000};
  /// How long a viewer's live messages wait for its `resume` after it joined; nothing is lost meanwhile.
  std::chrono::milliseconds resume_grace{250};
  /// Bytes that the kernel may hold for a client: what is older than that is never sent to one that is slow. 0: the
  /// kernel decides, and takes up to 4 MiB.
  std::size_t send_buffer = 256 * 1024;
  /// Bytes that may wait for a client's socket before it counts as behind and its states are conflated.
  std::size_t max_queued_bytes = 256 * 1024;
  /// Bytes of events that may wait for a client that is behind; beyond it the oldest are dropped and counted.
  std::size_t max_event_bytes = 1024 * 1024;
  /// `conflate`, or `disconnect` with close code 4001.
  std::string slow_client = "conflate";
  /// Messages of one publisher that may be on their way before its socket is not read any more.
  std::size_t max_in_flight = 4096;
  /// Bad messages within a minute that end a connection.
  std::size_t max_errors = 100;
  std::vector<std::string> allowed_origins;
  /// Addresses and CIDR ranges of proxies whose word on a client's address is taken.
  std::vector<std::string> trusted_proxies;
  /// The header that they say it in: `x-forwarded-for` or `forwarded`.
  std::string proxy_header = "x-forwarded-for";
  /// Whether each connection of theirs begins with a header of the PROXY protocol.
  bool proxy_protocol = false;
  /// How long what was said can be resumed, and how many bytes of it are kept.
  std::chrono::milliseconds history_age{120'000};
  std::size_t history_bytes = 64 * 1024 * 1024;
  /// A stopping node closes this many clients, every so often.
  std::size_t drain_wave = 500;
  std::chrono::milliseconds drain_interval{100};
};

struct admin_options {
  std::string listen = "127.0.0.1:8766";
  /// File with a secret that opens the API besides operators' tokens; empty: none.
  std::string token_file;
  /// File that gets a line for each act of an operator; empty: only the log.
  std::string audit_log;
};

struct auth_options {
  /// File of hashed tokens; empty: none.
  std::string tokens;
  /// File with the key that JWTs are verified with: a secret for HS256, a PEM public key for RS256 and ES256.
  std::string jwt_key;
  std::string jwt_algorithm = "HS256";
  /// JWKS file (RFC 7517) with the keys of JWTs, chosen by `kid`, in the place of `jwt_key`; empty: none.
  std::string jwt_keys;
  /// Who we are to those who make JWTs, one of which has to stand in `aud`; empty: a JWT with an `aud` is refused.
  std::vector<std::string> jwt_audience;
  /// Whose JWTs are taken; empty: anybody's who has the key.
  std::vector<std::string> jwt_issuer;
  /// How far the clock of who makes JWTs may be off.
  std::chrono::milliseconds jwt_leeway{0};
  /// The claim that holds the role, or a list of roles.
  std::string jwt_role_claim = "role";
  /// How long a client may take to send `auth`.
  std::chrono::milliseconds timeout{10'000};
  /// What a client without a token may do: `none`, `viewer`, `publisher` or `operator`. Empty: `none` where there are
  /// tokens, `operator` where there are not.
  std::string anonymous_role;
  /// What `anonymous_role = operator` was before; it counts where there are no tokens and no role is given.
  bool allow_anonymous = false;

  bool enabled() const noexcept { return !tokens.empty() || !jwt_key.empty() || !jwt_keys.empty(); }

  /// `anonymous_role`, with what an empty one means.
  std::string_view role_of_anonymous() const noexcept {
    return !anonymous_role.empty() ? std::string_view{anonymous_role} : enabled() ? "none" : "operator";
  }
};

struct tls_options {
  /// PEM files; both or none.
  std::string certificate;
  std::string key;
  /// File with the pass phrase of an encrypted key; empty: the key is not encrypted.
  std::string key_passphrase_file;
};

/// Being one of several nodes. Nothing of it counts while `etcd` is empty.
struct cluster_options {
  /// `http://host:port` or `https://host:port` of etcd's members; empty: this node is alone.
  std::vector<std::string> etcd;
  /// Who this node is to etcd, and the file with the password; both or none.
  std::string etcd_user;
  std::string etcd_password_file;
  /// PEM files for `https://`: whom to trust (empty: whom the system trusts), and who we are (both or none).
  std::string etcd_ca;
  std::string etcd_certificate;
  std::string etcd_key;
  /// What the keys of this cluster begin with.
  std::string prefix = "/towncrier";
  /// A node silent to etcd for longer is gone. Etcd grants no less than 1.5 election timeouts (2 s as it comes).
  std::chrono::milliseconds lease{3'000};
  /// Where peers connect.
  std::string listen = "127.0.0.1:0";
  /// `host:port` that peers are told; empty: `listen` with the port that was given.
  std::string advertise;
  /// The URL that clients of other edges are told; empty: made from where the edge listens.
  std::string advertise_edge;
  /// PEM files; links between nodes are mutual TLS, always.
  std::string certificate;
  std::string key;
  std::string key_passphrase_file;
  std::string ca;
  /// How often peers hear of each other, and how long a silent one counts as alive: three intervals at least.
  std::chrono::milliseconds heartbeat_interval{200};
  std::chrono::milliseconds link_timeout{1'000};
  /// Bytes that may be on their way to one peer.
  std::size_t window_bytes = 4 * 1024 * 1024;
  /// Own batches that are kept for peers that come back: how many bytes, how long.
  std::size_t log_bytes = 64 * 1024 * 1024;
  std::chrono::milliseconds log_age{120'000};
  /// Time between the announcement that a node comes or goes and the moment from which that counts.
  std::chrono::milliseconds activation_delay{1'000};
  /// Wall clocks of nodes that are further apart are warned of.
  std::chrono::milliseconds max_clock_offset{30'000};

  bool enabled() const noexcept { return !etcd.empty(); }
};

struct world_options {
  /// Characters of the built-in town; 0: no town.
  std::size_t characters = 24;
  std::uint64_t seed = 1;
  /// The town's definition; the built-in one when empty.
  std::string town;
  /// Simulated seconds a second.
  double rate = 40;
  /// How often the town is ticked.
  std::chrono::milliseconds tick{250};
};

struct batcher_options {
  std::size_t max_size = 100;
  std::chrono::milliseconds max_wait{50};
};

/// Messages a client identity may send within the window, by role; 0: any number.
struct rate_limiter_options {
  std::size_t max_messages = 100;
  std::chrono::milliseconds window{60'000};
  std::size_t publisher_max_messages = 0;
  std::size_t operator_max_messages = 0;
  /// Refused messages within the window that end a connection.
  std::size_t max_violations = 100;
};

struct debugger_options {
  /// Log every message from the start.
  bool enabled = false;
  /// Messages that are kept.
  std::size_t max_records = 1000;
};

/// Seeing every actor.
struct inspection_options {
  /// Whether what actors do is counted.
  bool enabled = true;
  /// `kind:milliseconds`: makes every message of such actors take so much longer; empty: none. For tests.
  std::string slow_actor;
};

struct log_options {
  /// `trace`, `debug`, `info`, `warn`, `error` or `off`.
  std::string level = "info";
  /// `text` or `json` lines.
  std::string format = "text";
};

/// All of it.
struct options {
  node_options node;
  edge_options edge;
  admin_options admin;
  auth_options auth;
  tls_options tls;
  cluster_options cluster;
  world_options world;
  batcher_options batcher;
  rate_limiter_options rate_limiter;
  debugger_options debugger;
  inspection_options inspection;
  log_options log;
};

} // namespace towncrier::protocol
