#include "fields.hpp"

#include <cstdint>

namespace recorder {

namespace {

/// Reads one value after the other; `bad` once the bytes made no sense.
class cursor {
public:
  cursor(std::string_view bytes, format how) : rest_(bytes), how_(how) {}

  bool bad() const { return bad_; }

  /// Takes the next value as bytes.
  std::string_view take() {
    const auto before = rest_;
    how_ == format::json ? skip_json() : skip_msgpack();
    return bad_ ? std::string_view{} : before.substr(0, before.size() - rest_.size());
  }

  /// Enters the map or array that comes next; false when none does.
  bool enter(bool map) {
    if (how_ == format::json) {
      skip_space();
      return take_char(map ? '{' : '[');
    }
    const auto tag = take_byte();
    const std::uint8_t fixed = map ? 0x80 : 0x90;
    const std::uint8_t wide = map ? 0xde : 0xdc;
    if ((tag & 0xf0) == fixed)
      left_ = tag & 0x0f;
    else if (tag == wide || tag == wide + 1)
      left_ = number(tag == wide ? 2 : 4);
    else
      bad_ = true;
    return !bad_;
  }

  /// Whether the container that was entered has one more member or element.
  bool next() {
    if (bad_)
      return false;
    if (how_ == format::msgpack)
      return left_ > 0 && left_-- > 0;
    skip_space();
    if (!rest_.empty() && rest_.front() == ',')
      rest_.remove_prefix(1);
    skip_space();
    return !rest_.empty() && rest_.front() != '}' && rest_.front() != ']';
  }

  /// Goes over what stands between a member's name and its value.
  void colon() {
    if (how_ == format::msgpack)
      return;
    skip_space();
    if (!take_char(':'))
      bad_ = true;
  }

private:
  std::uint8_t take_byte() {
    if (rest_.empty()) {
      bad_ = true;
      return 0xc1;
    }
    const auto result = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return result;
  }

  bool take_char(char c) {
    if (rest_.empty() || rest_.front() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::size_t number(int bytes) {
    std::size_t result = 0;
    while (bytes-- > 0)
      result = result << 8 | take_byte();
    return bad_ ? 0 : result;
  }

  void drop(std::size_t count) {
    if (count > rest_.size())
      bad_ = true;
    else
      rest_.remove_prefix(count);
  }

  void skip_space() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\t' || rest_.front() == '\r'))
      rest_.remove_prefix(1);
  }

  void skip_json() {
    skip_space();
    int depth = 0;
    do {
      if (rest_.empty()) {
        bad_ = true;
        return;
      }
      const char c = rest_.front();
      if (c == '"') {
        skip_string();
      } else if (depth == 0 && c != '{' && c != '[') {
        drop(std::min(rest_.find_first_of(",]} \n\t\r"), rest_.size()));
      } else {
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        rest_.remove_prefix(1);
      }
    } while (depth > 0 && !bad_);
  }

  void skip_string() {
    std::size_t at = 1;
    while (at < rest_.size() && rest_[at] != '"')
      at += rest_[at] == '\\' ? 2 : 1;
    drop(at + 1);
  }

  void skip_msgpack() {
    // Values still to be skipped: containers add theirs.
    for (std::size_t values = 1; values > 0 && !bad_; --values)
      values += skip_one();
  }

  /// Skips a value without its elements; how many those are.
  std::size_t skip_one() {
    const auto tag = take_byte();
    if (tag < 0x80 || tag >= 0xe0 || tag == 0xc0 || tag == 0xc2 || tag == 0xc3)
      return 0;
    if (tag < 0x90)
      return 2 * (tag & 0x0fU);
    if (tag < 0xa0)
      return tag & 0x0fU;
    if (tag < 0xc0) {
      drop(tag & 0x1fU);
      return 0;
    }
    return skip_wide(tag);
  }

  std::size_t skip_wide(std::uint8_t tag) {
    switch (tag) {
      case 0xc4:
      case 0xd9:
        drop(number(1));
        return 0;
      case 0xc5:
      case 0xda:
        drop(number(2));
        return 0;
      case 0xc6:
      case 0xdb:
        drop(number(4));
        return 0;
      case 0xca:
      case 0xce:
      case 0xd2:
        drop(4);
        return 0;
      case 0xcb:
      case 0xcf:
      case 0xd3:
        drop(8);
        return 0;
      case 0xcc:
      case 0xd0:
        drop(1);
        return 0;
      case 0xcd:
      case 0xd1:
        drop(2);
        return 0;
      case 0xdc:
        return number(2);
      case 0xdd:
        return number(4);
      case 0xde:
        return 2 * number(2);
      case 0xdf:
        return 2 * number(4);
      default:
        bad_ = true;
        return 0;
    }
  }

  std::string_view rest_;
  format how_;
  std::size_t left_ = 0;
  bool bad_ = false;
};

std::string_view trim(std::string_view x) {
  while (!x.empty() && static_cast<unsigned char>(x.front()) <= ' ')
    x.remove_prefix(1);
  return x;
}

std::optional<std::string> json_text(std::string_view value) {
  value = trim(value);
  if (value.size() < 2 || value.front() != '"' || value.back() != '"')
    return std::nullopt;
  std::string result;
  for (std::size_t i = 1; i + 1 < value.size(); ++i)
    // Positions and addresses need no other escape than that of a slash.
    result += value[i] == '\\' ? value[++i] : value[i];
  return result;
}

std::optional<std::string> msgpack_text(std::string_view value) {
  if (value.empty())
    return std::nullopt;
  const auto tag = static_cast<std::uint8_t>(value.front());
  const std::size_t head = (tag & 0xe0) == 0xa0 ? 1 : tag == 0xd9 ? 2 : tag == 0xda ? 3 : tag == 0xdb ? 5 : 0;
  if (head == 0 || value.size() < head)
    return std::nullopt;
  return std::string{value.substr(head)};
}

} // namespace

std::optional<std::string_view> member(std::string_view from, format how, std::string_view key) {
  cursor at{from, how};
  if (!at.enter(true))
    return std::nullopt;
  while (at.next()) {
    const auto name = text(at.take(), how);
    at.colon();
    const auto value = at.take();
    if (at.bad())
      return std::nullopt;
    if (name == key)
      return value;
  }
  return std::nullopt;
}

std::optional<std::string> text(std::string_view value, format how) {
  return how == format::json ? json_text(value) : msgpack_text(value);
}

bool is_true(std::string_view value, format how) {
  return how == format::json ? trim(value) == "true" : value == "\xc3";
}

std::vector<std::string> texts(std::string_view value, format how) {
  std::vector<std::string> result;
  cursor at{value, how};
  if (at.enter(false))
    while (at.next())
      if (auto found = text(at.take(), how))
        result.push_back(std::move(*found));
  return result;
}

} // namespace recorder
