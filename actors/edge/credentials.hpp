#pragma once

#include "actors/edge/jwt.hpp"
#include "actors/edge/token_file.hpp"
#include "protocol/options.hpp"

#include <optional>
#include <string>

namespace towncrier::edge {

/// Everything that lets clients in: the tokens of a file and the keys of JWTs.
class credentials {
public:
  /// Reads the files that the options name. The error names the option, the file, and the line where there is one.
  static model::result<credentials> load(const protocol::auth_options& options);

  /// Whose token it is. `now` is in seconds since the Unix epoch. The error is for our log, not for the client.
  verdict verify(const std::string& token, double now) const;

  /// What is granted by all of it.
  protocol::grants grants() const;

  std::size_t token_count() const noexcept { return tokens_.size(); }
  std::size_t key_count() const noexcept { return jwts_ ? jwts_->keys().size() : 0; }

private:
  token_table tokens_;
  std::optional<jwt_verifier> jwts_;
};

} // namespace towncrier::edge
