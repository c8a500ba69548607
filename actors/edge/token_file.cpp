#include "actors/edge/token_file.hpp"

#include "actors/edge/text_file.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace towncrier::edge {

namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::size_t salt_bytes = 16;
constexpr std::string_view scheme = "sha256:";
constexpr std::string_view spaces = " \t\r";

sha256_digest hash_of(std::string_view salt, std::string_view token) {
  sha256_digest result{};
  const auto text = std::string{salt} + std::string{token};
  EVP_Digest(text.data(), text.size(), result.data(), nullptr, EVP_sha256(), nullptr);
  return result;
}

template <class Bytes>
std::string to_hex(const Bytes& bytes) {
  std::string result;
  for (const auto x : bytes)
    result += fmt::format("{:02x}", static_cast<unsigned char>(x));
  return result;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string result;
  if (text.size() % 2 != 0)
    return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    std::uint8_t x = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, x, 16);
    if (error != std::errc{} || end != text.data() + i + 2)
      return std::nullopt;
    result += static_cast<char>(x);
  }
  return result;
}

/// Takes the next word off the front of `text`; empty at the end.
std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
  const auto word = text.substr(0, text.find_first_of(spaces));
  text.remove_prefix(word.size());
  return word;
}

std::string random_bytes(std::size_t size) {
  std::string result(size, '\0');
  std::vector<unsigned char> bytes(size);
  // Without randomness there must be no token at all.
  if (RAND_bytes(bytes.data(), static_cast<int>(size)) != 1)
    return {};
  std::copy(bytes.begin(), bytes.end(), result.begin());
  return result;
}

bool is_name(std::string_view x) {
  return !x.empty() && x.size() <= 64 && x.front() != '#' &&
         std::all_of(x.begin(), x.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace

model::result<token_table::entry> token_table::parse_line(std::string_view line) {
  const auto name = next_word(line);
  const auto role = protocol::parse_role(next_word(line));
  auto hash = next_word(line);
  if (!is_name(name))
    return model::failure{"the name is to be 1 to 64 visible ASCII characters"};
  if (!role)
    return model::failure{"the second word is to be a role: viewer, publisher or operator"};
  if (!next_word(line).empty())
    return model::failure{"there is more than name, role and hash"};
  const auto middle = hash.find(':', scheme.size());
  if (!hash.starts_with(scheme) || middle == std::string_view::npos)
    return model::failure{"the third word is to be sha256:<salt>:<hash>, as 'towncrier token' prints it"};
  const auto salt = from_hex(hash.substr(scheme.size(), middle - scheme.size()));
  const auto digest = from_hex(hash.substr(middle + 1));
  if (!salt || !digest || digest->size() != sha256_digest{}.size())
    return model::failure{"salt and hash are to be hexadecimal, the hash 64 digits long"};
  entry result{{std::string{name}, *role, 0}, *salt, {}};
  std::transform(digest->begin(), digest->end(), result.hash.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return result;
}

model::result<token_table> token_table::parse(std::string_view text, std::string_view file) {
  token_table result;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto rest = line;
    if (const auto first = next_word(rest); first.empty() || first.front() == '#')
      continue;
    auto parsed = parse_line(line);
    if (!parsed)
      return model::failure{fmt::format("{}:{}: {}", file, number, parsed.error())};
    result.entries_.push_back(std::move(*parsed));
  }
  return result;
}

model::result<token_table> token_table::load(const std::string& path) {
  const auto text = read_text_file(path);
  return text ? parse(*text, path) : model::failure{text.error()};
}

/// As much of the hash as a string holds without memory of its own: every connection has one.
std::string token_table::entry::grant() const { return {reinterpret_cast<const char*>(hash.data()), 15}; }

void token_table::add_grants(protocol::grants& to) const {
  for (const auto& x : entries_)
    to.insert_or_assign(x.grant(), x.who.role);
}

verdict token_table::verify(std::string_view token) const {
  const entry* found = nullptr;
  for (const auto& x : entries_) {
    const auto hash = hash_of(x.salt, token);
    if (CRYPTO_memcmp(hash.data(), x.hash.data(), hash.size()) == 0)
      found = &x;
  }
  if (found == nullptr || token.empty())
    return refusal{protocol::token_fault::unknown_token, "no such token"};
  return verdict::admitted{found->who, found->grant()};
}

model::result<new_token> make_token(std::string_view name, protocol::role role) {
  if (!is_name(name))
    return model::failure{"a name is 1 to 64 visible ASCII characters and does not begin with '#'"};
  const auto secret = random_bytes(token_bytes);
  const auto salt = random_bytes(salt_bytes);
  if (secret.empty() || salt.empty())
    return model::failure{"the system has no randomness"};
  new_token result{to_hex(secret), {}};
  result.line = fmt::format("{} {} {}{}:{}", name, protocol::to_string(role), scheme, to_hex(salt),
                            to_hex(hash_of(salt, result.token)));
  return result;
}

} // namespace towncrier::edge
