#include "actors/edge/credentials.hpp"
#include "nodes/options/address.hpp"
#include "nodes/options/option_settings.hpp"
#include "nodes/town_map.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace towncrier::node {

namespace {

void check_heartbeat(settings& x) {
  const auto& edge = x.values().edge;
  if (edge.heartbeat_timeout < edge.heartbeat_interval)
    x.complain(fmt::format("{} is shorter than {}: every client would be closed between two heartbeats; give a "
                           "timeout of several intervals",
                           x.describe("edge.heartbeat_timeout"), x.describe("edge.heartbeat_interval")));
}

void check_tls(settings& x) {
  const auto& tls = x.values().tls;
  if (tls.certificate.empty() != tls.key.empty())
    x.complain(
        fmt::format("{} and {}: give both files, or neither", x.describe("tls.certificate"), x.describe("tls.key")));
  if (!tls.key_passphrase_file.empty() && tls.key.empty())
    x.complain(fmt::format("{} opens tls.key, and there is none", x.describe("tls.key_passphrase_file")));
}

void check_both(settings& x, std::string_view one, const std::string& first, std::string_view other,
                const std::string& second) {
  if (first.empty() != second.empty())
    x.complain(fmt::format("{} and {}: give both, or neither", x.describe(one), x.describe(other)));
}

void check_etcd(settings& x) {
  const auto& c = x.values().cluster;
  check_both(x, "cluster.etcd_user", c.etcd_user, "cluster.etcd_password_file", c.etcd_password_file);
  check_both(x, "cluster.etcd_certificate", c.etcd_certificate, "cluster.etcd_key", c.etcd_key);
  const auto plain = [](const std::string& url) { return url.starts_with("http://"); };
  const bool tls_meant = !c.etcd_ca.empty() || !c.etcd_certificate.empty();
  if (tls_meant && c.enabled() && std::all_of(c.etcd.begin(), c.etcd.end(), plain))
    x.complain(fmt::format("{} is not encrypted, so that the certificates for etcd would not be used; give https:// "
                           "addresses, or neither cluster.etcd_ca nor cluster.etcd_certificate",
                           x.describe("cluster.etcd")));
}

void check_cluster(settings& x) {
  check_etcd(x);
  const auto& c = x.values().cluster;
  check_both(x, "cluster.certificate", c.certificate, "cluster.key", c.key);
  if (c.enabled() && (c.certificate.empty() || c.ca.empty()))
    x.complain(fmt::format("{} makes this node one of several, and the links between them are mutual TLS: give "
                           "cluster.certificate, cluster.key and cluster.ca ('towncrier certificates' makes some for "
                           "tests and small clusters)",
                           x.describe("cluster.etcd")));
  if (c.link_timeout < 3 * c.heartbeat_interval)
    x.complain(fmt::format("{} is shorter than three times {}: peers that live would be cut off",
                           x.describe("cluster.link_timeout"), x.describe("cluster.heartbeat_interval")));
}

/// Whether it takes a token to get in, or somebody has said what one may do without.
bool knows_what_all_may(const protocol::auth_options& x) {
  return x.enabled() || !x.anonymous_role.empty() || x.allow_anonymous;
}

void check_access(settings& x) {
  const auto& all = x.values();
  if (!is_loopback(all.edge.listen) && !knows_what_all_may(all.auth))
    x.complain(fmt::format("{} can be reached from other machines, and there are no tokens: anybody might do anything; "
                           "give auth.tokens, auth.jwt_key or auth.jwt_keys, listen on 127.0.0.1, or say what all may "
                           "do: auth.anonymous_role = operator (which auth.allow_anonymous = true said before)",
                           x.describe("edge.listen")));
  if (!all.auth.enabled() && all.auth.anonymous_role == "none")
    x.complain(fmt::format("{} and no tokens: nobody could connect; give auth.tokens, auth.jwt_key or auth.jwt_keys",
                           x.describe("auth.anonymous_role")));
}

void check_jwt(settings& x) {
  const auto& auth = x.values().auth;
  if (!auth.jwt_key.empty() && !auth.jwt_keys.empty())
    x.complain(fmt::format("{} and {}: give one of them", x.describe("auth.jwt_key"), x.describe("auth.jwt_keys")));
  if (!auth.jwt_key.empty() || !auth.jwt_keys.empty())
    return;
  for (const auto& [key, given] : {std::pair{"auth.jwt_audience", !auth.jwt_audience.empty()},
                                   std::pair{"auth.jwt_issuer", !auth.jwt_issuer.empty()}})
    if (given)
      x.complain(fmt::format("{} is about JWTs, and there is no key to verify them with: give auth.jwt_key or "
                             "auth.jwt_keys",
                             x.describe(key)));
}

void check_proxies(settings& x) {
  const auto& edge = x.values().edge;
  if (edge.proxy_protocol && edge.trusted_proxies.empty())
    x.complain(fmt::format("{} is for the proxies of edge.trusted_proxies, and there are none: name them",
                           x.describe("edge.proxy_protocol")));
}

void check_admin(settings& x) {
  const auto& all = x.values();
  if (!is_loopback(all.admin.listen) && all.admin.token_file.empty() && !knows_what_all_may(all.auth))
    x.complain(fmt::format("{} can be reached from other machines, and nothing keeps them out: give admin.token_file, "
                           "auth.tokens, auth.jwt_key or auth.jwt_keys, listen on 127.0.0.1, or say that all may do "
                           "everything: auth.anonymous_role = operator (which auth.allow_anonymous = true said before)",
                           x.describe("admin.listen")));
}

/// Used or not, what is given is good.
void check_town(settings& x) {
  if (const auto& file = x.values().world.town; !file.empty())
    if (const auto loaded = read_town(file); !loaded)
      x.complain(loaded.error());
}

void check_credentials(settings& x) {
  if (const auto loaded = edge::credentials::load(x.values().auth); !loaded)
    x.complain(loaded.error());
}

} // namespace

void check_together(settings& x) {
  check_heartbeat(x);
  check_tls(x);
  check_cluster(x);
  check_access(x);
  check_jwt(x);
  check_proxies(x);
  check_admin(x);
  check_town(x);
  check_credentials(x);
}

} // namespace towncrier::node
