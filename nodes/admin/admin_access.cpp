#include "nodes/admin/admin_access.hpp"

#include "nodes/options/address.hpp"
#include "ws/web_origin.hpp"

#include <caf/scoped_actor.hpp>

#include <fstream>

namespace towncrier::node {

namespace {

std::string first_line(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  return line;
}

/// Takes as long for a wrong secret as for the right one.
bool same(const std::string& x, const std::string& y) {
  unsigned difference = x.size() == y.size() ? 0 : 1;
  for (std::size_t i = 0; i < x.size() && i < y.size(); ++i)
    difference |= static_cast<unsigned char>(x[i] ^ y[i]);
  return difference == 0;
}

/// Whether a page of `origin` comes from where `host` leads: a port that is not said is that of the page's scheme.
bool is_own_page(std::string_view origin, std::string_view host) {
  const auto page = ws::parse_origin(origin);
  const auto asked = ws::parse_authority(host);
  return page && asked && page->host == asked->host &&
         page->port == (asked->port != 0 ? asked->port : ws::default_port(page->scheme));
}

ws::http_response unauthorized(std::string_view text) {
  auto result = ws::text_response(401, text);
  result.fields.push_back({"WWW-Authenticate", "Bearer"});
  return result;
}

} // namespace

admin_access::admin_access(caf::actor_system& system, protocol::authenticator_actor authenticator,
                           const protocol::options& options)
    : system_(system), authenticator_(std::move(authenticator)), auth_enabled_(options.auth.enabled()),
      loopback_only_(is_loopback(options.admin.listen)),
      secret_(options.admin.token_file.empty() ? std::string{} : first_line(options.admin.token_file)) {}

std::optional<std::string> admin_access::who(const std::string& token, bool& known) const {
  if (!secret_.empty() && same(token, secret_))
    return "admin";
  if (!auth_enabled_)
    return std::nullopt;
  std::optional<std::string> result;
  caf::scoped_actor self{system_};
  self->request(authenticator_, std::chrono::seconds{5}, protocol::verify_request{token})
      .receive(
          [&](const protocol::verify_result& x) {
            known = x.who.has_value();
            if (x.who && x.who->role == protocol::role::operator_)
              result = x.who->name;
          },
          [](const caf::error&) {});
  return result;
}

std::variant<std::string, ws::http_response> admin_access::check(const ws::http_request& x) const {
  // A page of another origin must not act through the operator's browser, by whatever name it found us.
  const auto origin = x.header("Origin");
  if (!origin.empty() && !is_own_page(origin, x.header("Host")))
    return ws::text_response(403, "not for web pages of another origin\n");
  if (!auth_enabled_ && secret_.empty()) {
    const auto asked = ws::parse_authority(x.header("Host"));
    if (loopback_only_ && !(asked && ws::is_loopback_host(asked->host)))
      return ws::text_response(403, "without tokens this is for localhost alone: ask for localhost, 127.0.0.1 or "
                                    "[::1]\n");
    return "anonymous@" + x.peer.substr(0, x.peer.rfind(':'));
  }
  constexpr std::string_view scheme = "Bearer ";
  const auto given = x.header("Authorization");
  if (!given.starts_with(scheme))
    return unauthorized("an operator's token is needed: Authorization: Bearer TOKEN\n");
  bool known = false;
  if (auto name = who(std::string{given.substr(scheme.size())}, known))
    return std::move(*name);
  return known ? ws::text_response(403, "this takes the role operator\n")
               : unauthorized("the token is not valid: it is unknown, expired or was changed\n");
}

} // namespace towncrier::node
