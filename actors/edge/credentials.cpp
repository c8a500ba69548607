#include "actors/edge/credentials.hpp"

#include "actors/edge/text_file.hpp"

namespace towncrier::edge {

namespace {

model::result<jwt_verifier> load_verifier(const protocol::auth_options& options) {
  const bool jwks = !options.jwt_keys.empty();
  const auto& path = jwks ? options.jwt_keys : options.jwt_key;
  const std::string_view name = jwks ? "auth.jwt_keys: " : "auth.jwt_key: ";
  auto text = read_text_file(path);
  if (!text)
    return model::failure{std::string{name} + text.error()};
  // An editor ends a secret with a line break that is no part of it.
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r'))
    text->pop_back();
  if (text->empty())
    return model::failure{std::string{name} + path + ": the file is empty"};
  jwt_verifier::settings settings{.algorithm = options.jwt_algorithm, .role_claim = options.jwt_role_claim};
  (jwks ? settings.jwks : settings.key) = std::move(*text);
  settings.audience = options.jwt_audience;
  settings.issuer = options.jwt_issuer;
  settings.leeway = std::chrono::duration<double>(options.jwt_leeway).count();
  auto made = jwt_verifier::make(std::move(settings));
  if (!made)
    return model::failure{std::string{name} + path + ": " + made.error()};
  return made;
}

} // namespace

model::result<credentials> credentials::load(const protocol::auth_options& options) {
  credentials result;
  if (!options.tokens.empty()) {
    auto tokens = token_table::load(options.tokens);
    if (!tokens)
      return model::failure{"auth.tokens: " + tokens.error()};
    result.tokens_ = std::move(*tokens);
  }
  if (!options.jwt_key.empty() || !options.jwt_keys.empty()) {
    auto verifier = load_verifier(options);
    if (!verifier)
      return model::failure{verifier.error()};
    result.jwts_ = std::move(*verifier);
  }
  return result;
}

protocol::grants credentials::grants() const {
  protocol::grants result;
  tokens_.add_grants(result);
  // What a JWT may do, it says itself.
  if (jwts_)
    for (const auto& key : jwts_->keys())
      result.insert_or_assign(key.grant, protocol::role::operator_);
  return result;
}

verdict credentials::verify(const std::string& token, double now) const {
  if (jwts_ && looks_like_jwt(token))
    return jwts_->verify(token, now);
  return tokens_.verify(token);
}

} // namespace towncrier::edge
