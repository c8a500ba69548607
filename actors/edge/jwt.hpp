#pragma once

#include "actors/edge/jwt_key.hpp"
#include "actors/edge/verdict.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace towncrier::edge {

/// Verifies JSON Web Tokens (RFC 7519). Each key is for one algorithm, which is never the token's choice: `none` and an
/// HMAC made with a public key get nobody in.
class jwt_verifier {
public:
  struct settings {
    std::string algorithm = "HS256"; ///< of `key`: HS256, RS256 or ES256
    std::string key{};               ///< the secret, at least 32 bytes, or a public key as PEM
    std::string role_claim =
        "role";         ///< its name; one that is not there is looked for inside others: `realm_access.roles`
    std::string jwks{}; ///< a JWKS document, in the place of `key`
    std::vector<std::string> audience{};
    std::vector<std::string> issuer{};
    double leeway = 0; ///< seconds that clocks may differ by
  };

  /// Takes keys that fit their algorithms. The error says why not.
  static model::result<jwt_verifier> make(settings x);

  /// Who the token names (`sub`), as what (the highest role of the role claim, which is a role, several with blanks
  /// between them, or an array), until when (`exp` and the leeway; without one: for ever). `aud` has to hold one of our
  /// audiences, and `iss` to be one of the issuers, where any are given; a token with an `aud` is for others where none
  /// is (RFC 7519, 4.1.3). `now` is in seconds since the Unix epoch.
  verdict verify(const std::string& token, double now) const;

  const std::vector<jwt_key>& keys() const noexcept { return keys_; }

private:
  jwt_verifier(settings x, std::vector<jwt_key> keys) : settings_(std::move(x)), keys_(std::move(keys)) {}

  settings settings_;
  std::vector<jwt_key> keys_;
};

/// Whether a token has the three parts of a JWT.
bool looks_like_jwt(std::string_view token) noexcept;

} // namespace towncrier::edge
