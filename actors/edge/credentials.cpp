#include "actors/edge/credentials.hpp"

#include "actors/edge/text_file.hpp"

namespace towncrier::edge {

namespace {

model::result<jwt_verifier> load_verifier(const protocol::auth_options& options) {
  auto key = read_text_file(options.jwt_key);
  if (!key)
    return model::failure{"auth.jwt_key: " + key.error()};
  // An editor ends a secret with a line break that is no part of it.
  while (!key->empty() && (key->back() == '\n' || key->back() == '\r'))
    key->pop_back();
  auto made = jwt_verifier::make({options.jwt_algorithm, std::move(*key), options.jwt_role_claim});
  if (!made)
    return model::failure{"auth.jwt_key: " + options.jwt_key + ": " + made.error()};
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
  if (!options.jwt_key.empty()) {
    auto verifier = load_verifier(options);
    if (!verifier)
      return model::failure{verifier.error()};
    result.jwts_ = std::move(*verifier);
  }
  return result;
}

model::result<protocol::identity> credentials::verify(const std::string& token, double now) const {
  if (jwts_ && looks_like_jwt(token))
    return jwts_->verify(token, now);
  return tokens_.verify(token);
}

} // namespace towncrier::edge
