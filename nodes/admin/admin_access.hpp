#pragma once

#include "nodes/admin/admin_secret.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/options.hpp"
#include "ws/http.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace towncrier::node {

/// Lets operators to the API, and nobody else.
class admin_access {
public:
  admin_access(caf::actor_system& system, protocol::authenticator_actor authenticator,
               const protocol::options& options);

  /// The operator's name; or what the request is answered instead: 401 without a good token, 403 for another role or
  /// for a web page of somewhere else.
  std::variant<std::string, ws::http_response> check(const ws::http_request& x) const;

  /// nullptr: there is none.
  const std::shared_ptr<admin_secret>& secret() const noexcept { return secret_; }

private:
  std::variant<std::string, ws::http_response> admit_anonymous(const ws::http_request& x) const;
  std::optional<std::string> who(const std::string& token, const std::string& peer, bool& known) const;

  caf::actor_system& system_;
  protocol::authenticator_actor authenticator_;
  bool auth_enabled_;
  bool loopback_only_; ///< whether only this machine can reach us
  bool anonymous_;     ///< whether whoever shows no token is an operator
  std::shared_ptr<admin_secret> secret_;
};

} // namespace towncrier::node
