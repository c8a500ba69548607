#include "nodes/load/marks.hpp"

#include "codec/endian.hpp"

#include <algorithm>
#include <cstring>

namespace towncrier::load {

namespace {

/// Payloads below this size are not worth remembering, in bytes.
constexpr std::size_t least_known = 64;

/// `type` comes first in every message.
constexpr std::size_t type_within = 40;

/// What every message ends with in permessage-deflate, and what is not sent (RFC 7692, 7.2.1).
constexpr std::string_view flush_end{"\x00\x00\xff\xff", 4};

/// The largest message that is inflated, in bytes.
constexpr std::size_t max_inflated = 64 * 1024 * 1024;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The unsigned integer that `at` begins with, after the end of its key.
std::optional<std::uint64_t> number_at(std::string_view at) {
  if (at.starts_with("\":"))
    at.remove_prefix(2);
  if (at.starts_with("true"))
    return 1;
  if (at.starts_with("false"))
    return 0;
  if (at.empty())
    return std::nullopt;
  if (is_digit(at.front())) {
    std::uint64_t x = 0;
    for (; !at.empty() && is_digit(at.front()); at.remove_prefix(1))
      x = x * 10 + static_cast<std::uint64_t>(at.front() - '0');
    return x;
  }
  const auto first = static_cast<unsigned char>(at.front());
  if (first == 0xc2 || first == 0xc3)
    return first - 0xc2;
  if (first < 0x80)
    return first;
  if (first < 0xcc || first > 0xcf)
    return std::nullopt;
  const auto size = std::size_t{1} << (first - 0xcc);
  return at.size() > size ? std::optional{codec::read_big_endian(at.substr(1, size))} : std::nullopt;
}

/// As `number_at`, for messages: a small MessagePack integer may look like a digit, so the form has to be known.
std::optional<std::uint64_t> number_at(std::string_view at, bool json) {
  if (json || at.empty() || !is_digit(at.front()))
    return number_at(at);
  return static_cast<unsigned char>(at.front());
}

/// The text that follows the end of its key.
std::string_view text_at(std::string_view at) {
  if (at.starts_with("\":\""))
    return at.substr(3, std::min(at.find('"', 3), at.size()) - 3);
  if (at.empty())
    return {};
  const auto first = static_cast<unsigned char>(at.front());
  if (first >= 0xa0 && first < 0xc0)
    return at.substr(1, first - 0xa0);
  if (first < 0xd9 || first > 0xdb)
    return {};
  const auto size = std::size_t{1} << (first - 0xd9);
  return at.substr(std::min(1 + size, at.size()), codec::read_big_endian(at.substr(1, size)));
}

marks::type type_of(std::string_view message) {
  const auto head = message.substr(0, type_within);
  const auto has = [&](std::string_view x) { return head.find(x) != head.npos; };
  // No type of the traffic contains one of these.
  return has("welcome")                     ? marks::type::welcome
         : has("\"lag\"") || has("\xa3lag") ? marks::type::lag
         : has("\"error\"") || has("\xa5"
                                   "error")
             ? marks::type::error
             : marks::type::traffic;
}

} // namespace

std::optional<std::uint64_t> number_under(std::string_view message, std::string_view key) {
  const auto at = message.find(key);
  if (at == message.npos)
    return std::nullopt;
  return number_at(message.substr(at + key.size()), message.starts_with('{'));
}

marks read_marks(std::string_view message) {
  marks result;
  result.what = type_of(message);
  if (result.what != marks::type::traffic)
    result.text = message;
  const auto json = message.starts_with('{');
  for (auto left = message;;) {
    const auto* found =
        static_cast<const char*>(memmem(left.data(), left.size(), number_key.data(), number_key.size()));
    if (found == nullptr)
      break;
    left.remove_prefix(static_cast<std::size_t>(found - left.data()) + number_key.size());
    if (const auto x = number_at(left, json))
      result.numbers.push_back(static_cast<std::uint32_t>(*x));
  }
  const auto breaks = [](std::uint32_t a, std::uint32_t b) { return b != a + 1; };
  const auto& numbers = result.numbers;
  result.run = !numbers.empty() && std::adjacent_find(numbers.begin(), numbers.end(), breaks) == numbers.end();
  constexpr std::string_view key = "position";
  if (const auto at = message.rfind(key); at != message.npos)
    if (const auto text = text_at(message.substr(at + key.size())); !text.empty())
      result.position = std::make_shared<const std::string>(text);
  return result;
}

std::optional<std::string_view> mark_reader::plain(const server_frame& x) {
  if (!x.compressed)
    return x.payload;
  std::string in{x.payload};
  in += flush_end;
  inflater_.reset();
  inflated_.resize(std::max(inflated_.size(), in.size() * 8));
  std::size_t made = 0;
  for (std::string_view left = in;;) {
    const auto done = inflater_.run(left, {inflated_.data() + made, inflated_.size() - made});
    left.remove_prefix(done.used);
    made += done.made;
    if (!done.good || inflated_.size() > max_inflated)
      return std::nullopt;
    if (made < inflated_.size())
      return std::string_view{inflated_}.substr(0, made);
    inflated_.resize(inflated_.size() * 2);
  }
}

const marks* mark_reader::read(const server_frame& x) {
  // Viewers are given the same frames in the same order: what follows the last one is looked at first.
  for (std::size_t i = 1; i <= known_.size(); ++i) {
    const auto at = (last_ + i) % known_.size();
    const auto& one = known_[at];
    if (one.compressed != x.compressed || one.payload != x.payload || one.payload.empty())
      continue;
    last_ = at;
    return &one.found;
  }
  const auto message = plain(x);
  if (!message)
    return nullptr;
  last_ = next_;
  next_ = (next_ + 1) % known_.size();
  auto& one = known_[last_];
  one.payload = x.payload.size() < least_known ? std::string_view{} : x.payload;
  one.compressed = x.compressed;
  one.found = read_marks(*message);
  return &one.found;
}

} // namespace towncrier::load
