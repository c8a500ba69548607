#pragma once

#include "model/result.hpp"
#include "protocol/messages.hpp"

#include <string>
#include <string_view>

namespace towncrier::edge {

/// Verifies JSON Web Tokens (RFC 7519) of one algorithm under one key. The algorithm is the configured one and never
/// the token's choice: `none` and an HMAC made with a public key get nobody in.
class jwt_verifier {
public:
  struct settings {
    std::string algorithm = "HS256"; ///< HS256, RS256 or ES256
    std::string key;                 ///< the secret, at least 32 bytes, or a public key as PEM
    std::string role_claim = "role";
  };

  /// Takes a key that fits its algorithm: RSA of at least 2048 bits, an elliptic curve P-256. The error says why not.
  static model::result<jwt_verifier> make(settings x);

  /// Who the token names (`sub`), as what (the role claim), until when (`exp`; without one: for ever). The error is for
  /// our log. `now` is in seconds since the Unix epoch; clocks are taken to agree.
  model::result<protocol::identity> verify(const std::string& token, double now) const;

private:
  explicit jwt_verifier(settings x) : settings_(std::move(x)) {}

  settings settings_;
};

/// Whether a token has the three parts of a JWT.
bool looks_like_jwt(std::string_view token) noexcept;

} // namespace towncrier::edge
