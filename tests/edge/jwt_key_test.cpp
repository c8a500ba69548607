#include "actors/edge/base64url.hpp"
#include "actors/edge/jwt.hpp"
#include "tests/edge/jwt_maker.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>

namespace towncrier::edge {

namespace {

using ::testing::HasSubstr;

constexpr double now = 1'800'000'000;
const std::string claims = R"({"sub":"ada","role":"viewer"})";

std::string base64url(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('='))
    text.pop_back();
  for (auto& c : text)
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

EVP_PKEY* read(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return key;
}

/// A part of a public key, `size` bytes long; 0: as long as it is.
std::string part(const std::string& pem, const char* name, int size = 0) {
  EVP_PKEY* key = read(pem);
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(static_cast<std::size_t>(size != 0 ? size : BN_num_bytes(number)), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(number);
  EVP_PKEY_free(key);
  return base64url(bytes);
}

std::string rsa_jwk(const key_pair& key, const std::string& more) {
  return fmt::format(R"({{"kty":"RSA","n":"{}","e":"{}"{}}})", part(key.shared, OSSL_PKEY_PARAM_RSA_N),
                     part(key.shared, OSSL_PKEY_PARAM_RSA_E), more);
}

std::string ec_jwk(const key_pair& key, const std::string& crv, int size, const std::string& more) {
  return fmt::format(R"({{"kty":"EC","crv":"{}","x":"{}","y":"{}"{}}})", crv,
                     part(key.shared, OSSL_PKEY_PARAM_EC_PUB_X, size), part(key.shared, OSSL_PKEY_PARAM_EC_PUB_Y, size),
                     more);
}

std::string oct_jwk(const std::string& secret, const std::string& more) {
  return fmt::format(R"({{"kty":"oct","k":"{}"{}}})", base64url(secret), more);
}

std::string set_of(std::initializer_list<std::string> keys) {
  return fmt::format(R"({{"keys":[{}]}})", fmt::join(keys, ","));
}

std::string fault(const std::string& jwks) {
  const auto keys = read_jwks(jwks);
  return keys ? "taken" : keys.error();
}

std::string outcome(const std::string& jwks, const std::string& token) {
  const auto by = jwt_verifier::make({.jwks = jwks});
  if (!by)
    return by.error();
  const auto who = by->verify(token, now);
  return who ? "let in" : std::string{protocol::token_faults[static_cast<std::size_t>(who.fault())]};
}

std::string kid(const std::string& id) { return R"({"kid":")" + id + "\"}"; }

} // namespace

TEST(jwt_key, reads_base64url) {
  EXPECT_EQ(from_base64url(""), "");
  EXPECT_EQ(from_base64url("_-8"), "\xff\xef");
  EXPECT_EQ(from_base64url("Zm9vYg"), "foob");
  for (const auto* text : {"Z", "Zm9vY", "Zm+v", "Zm/v", "Zm9v====", "Zm 9v"})
    EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(jwt_key, chooses_keys_by_kid) {
  const auto one = make_rsa();
  const auto two = make_rsa();
  const auto jwks =
      set_of({rsa_jwk(one, R"(,"kid":"one")"), rsa_jwk(two, R"(,"kid":"two","use":"sig","alg":"RS256")")});
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS256, one.secret, claims, kid("one"))), "let in");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS256, two.secret, claims, kid("two"))), "let in");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS256, two.secret, claims)), "let in") << "without a kid all are tried";
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS256, two.secret, claims, kid("one"))), "bad_signature");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS256, two.secret, claims, kid("three"))), "unknown_key");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS256, make_rsa().secret, claims)), "bad_signature");
}

TEST(jwt_key, knows_every_kind_that_it_can_verify) {
  const auto rsa = make_rsa();
  const auto p256 = make_ec();
  const auto p384 = make_ec("P-384");
  const auto p521 = make_ec("P-521");
  const std::string secret(64, 's');
  const auto jwks = set_of({rsa_jwk(rsa, R"(,"alg":"RS512")"), ec_jwk(p256, "P-256", 32, ""),
                            ec_jwk(p384, "P-384", 48, ""), ec_jwk(p521, "P-521", 66, R"(,"alg":"ES512")"),
                            oct_jwk(secret, R"(,"alg":"HS384","key_ops":["verify"])")});
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS512, rsa.secret, claims)), "let in");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_ES256, p256.secret, claims)), "let in");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_ES384, p384.secret, claims)), "let in");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_ES512, p521.secret, claims)), "let in");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_HS384, secret, claims)), "let in");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_HS256, secret, claims)), "wrong_algorithm");
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_RS256, rsa.secret, claims)), "wrong_algorithm");
}

TEST(jwt_key, a_public_key_is_never_a_secret) {
  const auto rsa = make_rsa();
  const auto jwks = set_of({rsa_jwk(rsa, R"(,"kid":"one")"), oct_jwk(std::string(32, 's'), R"(,"kid":"two")")});
  const auto pem = read_jwks(jwks)->front().material;
  for (const auto& header : {kid("one"), kid("two"), std::string{"{}"}}) {
    EXPECT_NE(outcome(jwks, make_jwt(JWT_ALG_HS256, pem, claims, header)), "let in") << header;
    EXPECT_NE(outcome(jwks, make_jwt(JWT_ALG_NONE, "", claims, header)), "let in") << header;
  }
  EXPECT_EQ(outcome(jwks, make_jwt(JWT_ALG_HS256, pem, claims, kid("one"))), "wrong_algorithm");
}

TEST(jwt_key, leaves_out_what_it_cannot_use_and_says_so_when_nothing_is_left) {
  const auto rsa = make_rsa();
  const std::string secret(32, 's');
  EXPECT_EQ(read_jwks(set_of({R"({"kty":"OKP","crv":"Ed25519","x":"AA"})", "7", rsa_jwk(rsa, "")}))->size(), 1u);
  for (const auto& key :
       {rsa_jwk(rsa, R"(,"use":"enc")"), rsa_jwk(rsa, R"(,"alg":"RSA-OAEP")"),
        rsa_jwk(rsa, R"(,"key_ops":["encrypt"])"), rsa_jwk(rsa, R"(,"alg":"HS256")"), rsa_jwk(make_rsa(1024), ""),
        oct_jwk(std::string(31, 's'), ""), oct_jwk(secret, R"(,"alg":"HS512")"), oct_jwk(secret, R"(,"alg":"RS256")"),
        oct_jwk(secret, R"(,"alg":"none")"), ec_jwk(make_ec(), "P-384", 48, ""), ec_jwk(make_ec(), "P-256", 33, ""),
        ec_jwk(make_ec(), "secp256k1", 32, ""),
        std::string{R"({"kty":"EC","crv":"P-256","x":")" + std::string(43, 'A') + R"(","y":")" + std::string(43, 'A') +
                    "\"}"},
        std::string{R"({"kty":"RSA","n":")" + part(rsa.shared, OSSL_PKEY_PARAM_RSA_N) + R"(","e":"AQ"})"},
        std::string{R"({"kty":"RSA","n":"","e":"AQAB"})"}, std::string{"{}"}})
    EXPECT_THAT(fault(set_of({key})), HasSubstr("no key that JWTs can be verified with")) << key;
  for (const auto* text : {"", "[]", "{}", R"({"keys":{}})", "-----BEGIN PUBLIC KEY-----"})
    EXPECT_THAT(fault(text), HasSubstr("no JWKS")) << text;
}

TEST(jwt_key, tells_keys_apart) {
  const std::string secret(64, 's');
  const auto grant = [](const std::string& algorithm, const std::string& key) {
    return jwt_key::make(algorithm, key)->grant;
  };
  EXPECT_EQ(grant("HS256", secret), grant("HS256", secret));
  EXPECT_NE(grant("HS256", secret), grant("HS512", secret));
  EXPECT_NE(grant("HS256", secret), grant("HS256", secret + "x"));
}

} // namespace towncrier::edge
