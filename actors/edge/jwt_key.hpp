#pragma once

#include "model/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace towncrier::edge {

/// One key that JWTs are verified with, and the one algorithm that it is for: a token that names another is refused
/// before the key is looked at, so that nobody can have a public key taken for the secret of an HMAC.
struct jwt_key {
  std::string id;        ///< `kid`; empty: the key has none
  std::string algorithm; ///< HS256, RS256, ES256 and their longer kin
  std::string material;  ///< the secret, or the public key as PEM
  std::string grant;     ///< tells it from other keys, without telling it

  /// Takes a secret at least as long as its hash, an RSA key of at least 2048 bits, or the curve that the algorithm
  /// names. The error says what does not fit.
  static model::result<jwt_key> make(std::string algorithm, std::string material, std::string id = {});
};

/// The keys of a JWKS document (RFC 7517): RSA, EC and oct keys for signatures. Those of another kind or use are left
/// out, as the RFC asks; the error says why none is left.
model::result<std::vector<jwt_key>> read_jwks(std::string_view text);

} // namespace towncrier::edge
