#include "actors/edge/credentials.hpp"
#include "nodes/address.hpp"
#include "nodes/option_settings.hpp"

#include <fmt/format.h>

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
}

void check_access(settings& x) {
  const auto& all = x.values();
  if (!is_loopback(all.edge.listen) && !all.auth.enabled() && !all.auth.allow_anonymous)
    x.complain(fmt::format("{} can be reached from other machines, and there are no tokens: anybody might do anything; "
                           "give auth.tokens or auth.jwt_key, listen on 127.0.0.1, or say auth.allow_anonymous = true",
                           x.describe("edge.listen")));
}

void check_credentials(settings& x) {
  if (const auto loaded = edge::credentials::load(x.values().auth); !loaded)
    x.complain(loaded.error());
}

} // namespace

void check_together(settings& x) {
  check_heartbeat(x);
  check_tls(x);
  check_access(x);
  check_credentials(x);
}

} // namespace towncrier::node
