#include "actors/edge/jwt.hpp"

#include "actors/edge/base64url.hpp"
#include "actors/edge/jwt_claims.hpp"
#include "codec/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <jwt.h>
#include <memory>
#include <optional>

namespace towncrier::edge {

namespace {

using protocol::token_fault;

/// Longer ones are not worth reading.
constexpr std::size_t max_token_bytes = 16 * 1024;

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};
using jwt_ptr = std::unique_ptr<jwt_t, freed_by<jwt_free>>;
using text_ptr = std::unique_ptr<char, freed_by<std::free>>;

/// What the first part of a token says, before anything is verified.
struct jose_header {
  std::string algorithm;
  std::optional<std::string> key_id;
  bool critical = false;
};

std::optional<jose_header> read_header(std::string_view token) {
  const auto bytes = from_base64url(token.substr(0, token.find('.')));
  const auto header = bytes ? codec::parse_json(*bytes) : model::failure{};
  if (!header)
    return std::nullopt;
  const auto* algorithm = text_claim(*header, "alg");
  const auto* id = text_claim(*header, "kid");
  if (algorithm == nullptr)
    return std::nullopt;
  return jose_header{*algorithm, id == nullptr ? std::nullopt : std::optional{*id}, header->find("crit") != nullptr};
}

/// The claims, where the signature is that of `key` by its algorithm.
std::optional<model::value> signed_claims(const std::string& token, const jwt_key& key) {
  jwt_t* raw = nullptr;
  const auto* material = reinterpret_cast<const unsigned char*>(key.material.data());
  const int error = jwt_decode(&raw, token.c_str(), material, static_cast<int>(key.material.size()));
  const jwt_ptr decoded{raw};
  // What the library verified by, whatever we read in the header.
  if (error != 0 || !decoded || jwt_alg_str(jwt_get_alg(decoded.get())) != key.algorithm)
    return std::nullopt;
  const text_ptr text{jwt_get_grants_json(decoded.get(), nullptr)};
  auto claims = text ? codec::parse_json(text.get()) : model::failure{};
  return claims ? std::optional{std::move(*claims)} : std::nullopt;
}

std::string algorithms_of(const std::vector<const jwt_key*>& keys) {
  std::string result;
  for (const auto* key : keys)
    if (result.find(key->algorithm) == std::string::npos)
      result += (result.empty() ? "" : ", ") + key->algorithm;
  return result;
}

refusal refuse(token_fault fault, std::string_view sentence) { return {fault, fmt::format("JWT: {}", sentence)}; }

} // namespace

bool looks_like_jwt(std::string_view token) noexcept { return std::count(token.begin(), token.end(), '.') == 2; }

model::result<jwt_verifier> jwt_verifier::make(settings x) {
  if (!x.jwks.empty()) {
    auto keys = read_jwks(x.jwks);
    if (!keys)
      return model::failure{keys.error()};
    return jwt_verifier{std::move(x), std::move(*keys)};
  }
  auto key = jwt_key::make(x.algorithm, x.key);
  if (!key)
    return model::failure{key.error()};
  return jwt_verifier{std::move(x), {std::move(*key)}};
}

verdict jwt_verifier::verify(const std::string& token, double now) const {
  if (token.size() > max_token_bytes || token.find('\0') != std::string::npos || !looks_like_jwt(token))
    return refuse(token_fault::malformed, "malformed");
  const auto header = read_header(token);
  if (!header)
    return refuse(token_fault::malformed, "malformed or badly signed");
  // RFC 7515, 4.1.11: whoever does not know what is critical has to refuse.
  if (header->critical)
    return refuse(token_fault::critical_header, "has critical headers");
  const bool by_id = header->key_id && !settings_.jwks.empty();
  std::vector<const jwt_key*> candidates;
  for (const auto& key : keys_)
    if (!by_id || key.id == *header->key_id)
      candidates.push_back(&key);
  if (candidates.empty())
    return refuse(token_fault::unknown_key, fmt::format("signed by the key {}, which is not among ours: give the JWKS "
                                                        "file that has it, and SIGHUP",
                                                        quoted(*header->key_id)));
  const auto ours = algorithms_of(candidates);
  std::erase_if(candidates, [&](const jwt_key* key) { return key->algorithm != header->algorithm; });
  if (candidates.empty())
    return refuse(token_fault::wrong_algorithm, fmt::format("signed by another algorithm than {}", ours));
  for (const auto* key : candidates)
    if (const auto claims = signed_claims(token, *key))
      return judge_claims(*claims, {settings_.role_claim, settings_.audience, settings_.issuer, settings_.leeway},
                          key->grant, now);
  return refuse(token_fault::bad_signature, "malformed or badly signed");
}

} // namespace towncrier::edge
