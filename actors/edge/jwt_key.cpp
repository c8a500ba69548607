#include "actors/edge/jwt_key.hpp"

#include "actors/edge/base64url.hpp"
#include "codec/json.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>

namespace towncrier::edge {

namespace {

/// RFC 7518, 3.3.
constexpr int min_rsa_bits = 2048;
/// More than anybody has in use; every token without a `kid` may have to be tried with each.
constexpr std::size_t max_keys = 64;

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using builder_ptr = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using params_ptr = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;
using context_ptr = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;

/// What an algorithm asks of its key.
struct algorithm_rule {
  std::string_view name;
  int kind;             ///< EVP_PKEY_HMAC, EVP_PKEY_RSA or EVP_PKEY_EC
  int size;             ///< bytes of an HMAC's secret, at least (RFC 7518, 3.2); bits of a curve
  std::string_view crv; ///< what a JWK calls the curve
  const char* curve;    ///< what OpenSSL calls it
};

constexpr std::array<algorithm_rule, 9> algorithms{{{"HS256", EVP_PKEY_HMAC, 32, {}, nullptr},
                                                    {"HS384", EVP_PKEY_HMAC, 48, {}, nullptr},
                                                    {"HS512", EVP_PKEY_HMAC, 64, {}, nullptr},
                                                    {"RS256", EVP_PKEY_RSA, 0, {}, nullptr},
                                                    {"RS384", EVP_PKEY_RSA, 0, {}, nullptr},
                                                    {"RS512", EVP_PKEY_RSA, 0, {}, nullptr},
                                                    {"ES256", EVP_PKEY_EC, 256, "P-256", "prime256v1"},
                                                    {"ES384", EVP_PKEY_EC, 384, "P-384", "secp384r1"},
                                                    {"ES512", EVP_PKEY_EC, 521, "P-521", "secp521r1"}}};

const algorithm_rule* find_algorithm(std::string_view name) {
  const auto* found = std::ranges::find(algorithms, name, &algorithm_rule::name);
  return found == algorithms.end() ? nullptr : found;
}

bool fits(EVP_PKEY* key, const algorithm_rule& x) {
  const auto bits = EVP_PKEY_bits(key);
  return EVP_PKEY_base_id(key) == x.kind && (x.kind == EVP_PKEY_RSA ? bits >= min_rsa_bits : bits == x.size);
}

/// There is no terminal behind a node to ask for a pass phrase on; and a public key has none.
int no_pass_phrase(char*, int, int, void*) { return -1; }

/// Why the key cannot be used; empty when it can.
std::string fault_of(const algorithm_rule& x, const std::string& material) {
  if (x.kind == EVP_PKEY_HMAC)
    return material.size() >= static_cast<std::size_t>(x.size)
               ? ""
               : fmt::format("the secret has {} bytes; {} needs at least {}", material.size(), x.name, x.size);
  const bio_ptr bio{BIO_new_mem_buf(material.data(), static_cast<int>(material.size()))};
  const key_ptr key{PEM_read_bio_PUBKEY(bio.get(), nullptr, no_pass_phrase, nullptr)};
  if (!key)
    return "there is no public key in PEM form";
  if (!fits(key.get(), x))
    return fmt::format("the public key is of another kind than {} needs ({})", x.name,
                       x.kind == EVP_PKEY_RSA ? std::string{"RSA of at least 2048 bits"}
                                              : fmt::format("an elliptic curve {}", x.crv));
  return {};
}

std::string fingerprint(std::string_view algorithm, std::string_view material) {
  const auto text = fmt::format("{}:{}", algorithm, material);
  std::array<unsigned char, 32> hash{};
  EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  // As much of it as a string holds without memory of its own: every connection has one.
  return {reinterpret_cast<const char*>(hash.data()), 15};
}

// -- JWKs

std::string text_of(const model::value& jwk, std::string_view name) {
  const auto* x = jwk.find(name);
  const auto* text = x == nullptr ? nullptr : x->get_if<std::string>();
  return text == nullptr ? std::string{} : *text;
}

std::optional<std::string> bytes_of(const model::value& jwk, std::string_view name) {
  const auto text = text_of(jwk, name);
  return text.empty() ? std::nullopt : from_base64url(text);
}

const unsigned char* data_of(const std::string& x) { return reinterpret_cast<const unsigned char*>(x.data()); }

/// The public key of these parameters as PEM; empty when they are none.
std::string make_pem(const char* kind, OSSL_PARAM_BLD* builder) {
  const params_ptr params{OSSL_PARAM_BLD_to_param(builder)};
  const context_ptr context{EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr)};
  EVP_PKEY* made = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return {};
  const key_ptr key{made};
  const bio_ptr bio{BIO_new(BIO_s_mem())};
  char* text = nullptr;
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1)
    return {};
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string rsa_pem(const model::value& jwk) {
  const auto n = bytes_of(jwk, "n");
  const auto e = bytes_of(jwk, "e");
  if (!n || !e || n->size() > 2048 || e->size() > 8)
    return {};
  const number_ptr modulus{BN_bin2bn(data_of(*n), static_cast<int>(n->size()), nullptr)};
  const number_ptr exponent{BN_bin2bn(data_of(*e), static_cast<int>(e->size()), nullptr)};
  const builder_ptr builder{OSSL_PARAM_BLD_new()};
  // With an exponent of 1 anybody can sign.
  if (!modulus || !exponent || !builder || BN_is_odd(exponent.get()) == 0 || BN_is_one(exponent.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return {};
  return make_pem("RSA", builder.get());
}

std::string ec_pem(const model::value& jwk, const algorithm_rule& of) {
  const auto x = bytes_of(jwk, "x");
  const auto y = bytes_of(jwk, "y");
  const auto size = static_cast<std::size_t>(of.size + 7) / 8;
  const builder_ptr builder{OSSL_PARAM_BLD_new()};
  if (!x || !y || x->size() != size || y->size() != size || !builder)
    return {};
  const auto point = '\x04' + *x + *y; // uncompressed
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, of.curve, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return {};
  return make_pem("EC", builder.get());
}

/// The algorithm of a key that does not say it: the usual one of its kind.
std::string_view usual_algorithm(const model::value& jwk) {
  const auto kind = text_of(jwk, "kty");
  if (kind == "RSA" || kind == "oct")
    return kind == "RSA" ? "RS256" : "HS256";
  const auto* found = std::ranges::find(algorithms, std::string_view{text_of(jwk, "crv")}, &algorithm_rule::crv);
  return kind == "EC" && found != algorithms.end() ? found->name : "";
}

bool is_for_signatures(const model::value& jwk) {
  const auto use = text_of(jwk, "use");
  const auto* operations = jwk.find("key_ops");
  const auto* list = operations == nullptr ? nullptr : operations->get_if<model::array>();
  return (use.empty() || use == "sig") &&
         (operations == nullptr || (list != nullptr && std::ranges::count(*list, model::value{"verify"}) != 0));
}

model::result<jwt_key> read_jwk(const model::value& jwk) {
  const auto kind = text_of(jwk, "kty");
  const auto said = text_of(jwk, "alg");
  const std::string name{said.empty() ? usual_algorithm(jwk) : std::string_view{said}};
  const auto* known = find_algorithm(name);
  if (known == nullptr || !is_for_signatures(jwk))
    return model::failure{"is of another kind or use"};
  const auto wanted = known->kind == EVP_PKEY_RSA ? "RSA" : known->kind == EVP_PKEY_EC ? "EC" : "oct";
  if (kind != wanted || (known->kind == EVP_PKEY_EC && text_of(jwk, "crv") != known->crv))
    return model::failure{fmt::format("is no key for {}", name)};
  auto material = known->kind == EVP_PKEY_RSA  ? rsa_pem(jwk)
                  : known->kind == EVP_PKEY_EC ? ec_pem(jwk, *known)
                                               : bytes_of(jwk, "k").value_or("");
  if (material.empty())
    return model::failure{"lacks a part, or one that is no number of such a key"};
  return jwt_key::make(name, std::move(material), text_of(jwk, "kid"));
}

} // namespace

model::result<jwt_key> jwt_key::make(std::string algorithm, std::string material, std::string id) {
  const auto* known = find_algorithm(algorithm);
  if (known == nullptr)
    return model::failure{fmt::format("{} is no algorithm for tokens here; give HS256, RS256 or ES256", algorithm)};
  if (material.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return model::failure{"the key is too large"};
  if (auto fault = fault_of(*known, material); !fault.empty())
    return model::failure{std::move(fault)};
  auto grant = fingerprint(algorithm, material);
  return jwt_key{std::move(id), std::move(algorithm), std::move(material), std::move(grant)};
}

model::result<std::vector<jwt_key>> read_jwks(std::string_view text) {
  const auto document = codec::parse_json(text);
  const auto* keys = document ? document->find("keys") : nullptr;
  const auto* list = keys == nullptr ? nullptr : keys->get_if<model::array>();
  if (list == nullptr)
    return model::failure{"is no JWKS: a JSON object with the array 'keys'" +
                          (document ? std::string{} : " (" + document.error() + ")")};
  std::vector<jwt_key> result;
  std::string why_not;
  for (const auto& x : *list) {
    auto key = read_jwk(x);
    if (key)
      result.push_back(std::move(*key));
    else
      why_not +=
          fmt::format("; {} {}", text_of(x, "kid").empty() ? "a key" : "'" + text_of(x, "kid") + "'", key.error());
  }
  if (result.empty())
    return model::failure{"has no key that JWTs can be verified with" + why_not};
  if (result.size() > max_keys)
    return model::failure{fmt::format("has {} keys; {} are the most that are taken", result.size(), max_keys)};
  return result;
}

} // namespace towncrier::edge
