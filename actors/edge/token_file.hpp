#pragma once

#include "actors/edge/verdict.hpp"
#include "model/result.hpp"
#include "protocol/messages.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Tokens that the node knows by their hash alone. A line of the file is
///
///     name role sha256:<salt, hex>:<SHA-256 of salt and token, hex>
///
/// and `#` begins a comment. A token is 256 random bits, so nobody can guess his way back from the hash, and a slow
/// password hash would add nothing; the salt keeps two files from showing that they hold the same token.
namespace towncrier::edge {

using sha256_digest = std::array<std::uint8_t, 32>;

/// The tokens of one file.
class token_table {
public:
  /// Reads the text of a tokens file. The error names `file:line` and what is wrong there, never a hash.
  static model::result<token_table> parse(std::string_view text, std::string_view file);

  /// Reads a tokens file.
  static model::result<token_table> load(const std::string& path);

  /// Whose token it is. Looks at every entry and compares in constant time, so that how long it takes says nothing.
  verdict verify(std::string_view token) const;

  /// Adds what the lines of the file grant.
  void add_grants(protocol::grants& to) const;

  std::size_t size() const noexcept { return entries_.size(); }

private:
  struct entry {
    protocol::identity who;
    std::string salt;
    sha256_digest hash{};

    std::string grant() const;
  };

  static model::result<entry> parse_line(std::string_view line);

  std::vector<entry> entries_;
};

/// A fresh token and the line of the file that lets it in.
struct new_token {
  std::string token;
  std::string line;
};

/// Makes a token of 256 random bits. The error says what is wrong with the name.
model::result<new_token> make_token(std::string_view name, protocol::role role);

} // namespace towncrier::edge
