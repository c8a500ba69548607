#include "nodes/admin/admin_access.hpp"

#include "nodes/options/address.hpp"
#include "ws/web_origin.hpp"

#include <caf/scoped_actor.hpp>

namespace towncrier::node {

namespace {

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
      anonymous_(options.admin.token_file.empty() && options.auth.role_of_anonymous() == "operator"),
      secret_(options.admin.token_file.empty() ? nullptr : std::make_shared<admin_secret>(options.admin.token_file)) {}

std::optional<std::string> admin_access::who(const std::string& token, const std::string& peer, bool& known) const {
  if (secret_ && secret_->is(token))
    return "admin";
  if (!auth_enabled_)
    return std::nullopt;
  std::optional<std::string> result;
  caf::scoped_actor self{system_};
  self->request(authenticator_, std::chrono::seconds{5}, protocol::verify_request{token, "admin " + peer})
      .receive(
          [&](const protocol::verify_result& x) {
            known = x.who.has_value();
            if (x.who && x.who->role == protocol::role::operator_)
              result = x.who->name;
          },
          [](const caf::error&) {});
  return result;
}

std::variant<std::string, ws::http_response> admin_access::admit_anonymous(const ws::http_request& x) const {
  const auto asked = ws::parse_authority(x.header("Host"));
  if (loopback_only_ && !(asked && ws::is_loopback_host(asked->host)))
    return ws::text_response(403, "without tokens this is for localhost alone: ask for localhost, 127.0.0.1 or "
                                  "[::1]\n");
  return "anonymous@" + x.peer.substr(0, x.peer.rfind(':'));
}

std::variant<std::string, ws::http_response> admin_access::check(const ws::http_request& x) const {
  // A page of another origin must not act through the operator's browser, by whatever name it found us.
  const auto origin = x.header("Origin");
  if (!origin.empty() && !is_own_page(origin, x.header("Host")))
    return ws::text_response(403, "not for web pages of another origin\n");
  const auto given = x.header("Authorization");
  // Without tokens there is nothing to compare what was given with.
  if (anonymous_ && (given.empty() || !auth_enabled_))
    return admit_anonymous(x);
  constexpr std::string_view scheme = "Bearer ";
  if (!given.starts_with(scheme))
    return unauthorized("an operator's token is needed: Authorization: Bearer TOKEN\n");
  bool known = false;
  if (auto name = who(std::string{given.substr(scheme.size())}, x.peer, known))
    return std::move(*name);
  return known ? ws::text_response(403, "this takes the role operator\n")
               : unauthorized("the token is not valid: it is unknown, expired or was changed\n");
}

} // namespace towncrier::node
