#include "actors/edge/jwt.hpp"

#include "codec/json.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdlib>
#include <jwt.h>
#include <limits>
#include <memory>
#include <vector>

namespace towncrier::edge {

namespace {

/// Longer ones are not worth reading.
constexpr std::size_t max_token_bytes = 16 * 1024;
/// RFC 7518, 3.2: a key at least as long as the hash.
constexpr std::size_t min_secret_bytes = 32;
/// RFC 7518, 3.3.
constexpr int min_rsa_bits = 2048;
constexpr int p256_bits = 256;

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};
using jwt_ptr = std::unique_ptr<jwt_t, freed_by<jwt_free>>;
using text_ptr = std::unique_ptr<char, freed_by<std::free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;

jwt_alg_t algorithm_of(std::string_view name) {
  return name == "HS256"   ? JWT_ALG_HS256
         : name == "RS256" ? JWT_ALG_RS256
         : name == "ES256" ? JWT_ALG_ES256
                           : JWT_ALG_INVAL;
}

bool key_fits(EVP_PKEY* key, jwt_alg_t algorithm) {
  const auto kind = EVP_PKEY_base_id(key);
  return algorithm == JWT_ALG_RS256 ? kind == EVP_PKEY_RSA && EVP_PKEY_bits(key) >= min_rsa_bits
                                    : kind == EVP_PKEY_EC && EVP_PKEY_bits(key) == p256_bits;
}

/// Why the key cannot be used; empty when it can.
std::string fault_of(const jwt_verifier::settings& x) {
  const auto algorithm = algorithm_of(x.algorithm);
  if (algorithm == JWT_ALG_INVAL)
    return fmt::format("{} is no algorithm for tokens here; give HS256, RS256 or ES256", x.algorithm);
  if (algorithm == JWT_ALG_HS256)
    return x.key.size() >= min_secret_bytes
               ? ""
               : fmt::format("the secret has {} bytes; HS256 needs at least {}", x.key.size(), min_secret_bytes);
  const bio_ptr bio{BIO_new_mem_buf(x.key.data(), static_cast<int>(x.key.size()))};
  const key_ptr key{PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)};
  if (!key)
    return "there is no public key in PEM form";
  if (!key_fits(key.get(), algorithm))
    return fmt::format("the public key is of another kind than {} needs ({})", x.algorithm,
                       algorithm == JWT_ALG_RS256 ? "RSA of at least 2048 bits" : "an elliptic curve P-256");
  return {};
}

/// The signature is good and the algorithm is the one; the claims, otherwise.
model::result<model::value> signed_claims(const std::string& token, const jwt_verifier::settings& x) {
  jwt_t* raw = nullptr;
  const std::vector<unsigned char> key(x.key.begin(), x.key.end());
  const int error = jwt_decode(&raw, token.c_str(), key.data(), static_cast<int>(key.size()));
  const jwt_ptr decoded{raw};
  if (error != 0 || !decoded)
    return model::failure{"malformed or badly signed"};
  if (jwt_get_alg(decoded.get()) != algorithm_of(x.algorithm))
    return model::failure{"signed by another algorithm than " + x.algorithm};
  // RFC 7515, 4.1.11: whoever does not know what is critical has to refuse.
  if (const text_ptr critical{jwt_get_headers_json(decoded.get(), "crit")})
    return model::failure{"has critical headers"};
  const text_ptr claims{jwt_get_grants_json(decoded.get(), nullptr)};
  return claims ? codec::parse_json(claims.get()) : model::failure{"without claims"};
}

const std::string* text_claim(const model::value& claims, std::string_view name) {
  const auto* x = claims.find(name);
  return x == nullptr ? nullptr : x->get_if<std::string>();
}

/// Whether the claim `name`, where there is one, is a number that `fits`.
template <class Fits>
bool time_allows(const model::value& claims, std::string_view name, Fits fits) {
  const auto* x = claims.find(name);
  return x == nullptr || fits(x->number_or(std::numeric_limits<double>::quiet_NaN()));
}

} // namespace

bool looks_like_jwt(std::string_view token) noexcept { return std::count(token.begin(), token.end(), '.') == 2; }

model::result<jwt_verifier> jwt_verifier::make(settings x) {
  if (auto fault = fault_of(x); !fault.empty())
    return model::failure{std::move(fault)};
  return jwt_verifier{std::move(x)};
}

model::result<protocol::identity> jwt_verifier::verify(const std::string& token, double now) const {
  if (token.size() > max_token_bytes || token.find('\0') != std::string::npos || !looks_like_jwt(token))
    return model::failure{"JWT: malformed"};
  const auto claims = signed_claims(token, settings_);
  if (!claims)
    return model::failure{"JWT: " + claims.error()};
  if (!time_allows(*claims, "exp", [&](double exp) { return exp > now; }))
    return model::failure{"JWT: expired"};
  if (!time_allows(*claims, "nbf", [&](double nbf) { return nbf <= now; }))
    return model::failure{"JWT: not valid yet"};
  const auto* name = text_claim(*claims, "sub");
  if (name == nullptr || name->empty())
    return model::failure{"JWT: no 'sub'"};
  const auto* role_text = text_claim(*claims, settings_.role_claim);
  const auto role = role_text ? protocol::parse_role(*role_text) : std::nullopt;
  if (!role)
    return model::failure{fmt::format("JWT: '{}' is not viewer, publisher or operator", settings_.role_claim)};
  const auto* expires = claims->find("exp");
  return protocol::identity{*name, *role, expires ? expires->number_or(0) : 0};
}

} // namespace towncrier::edge
