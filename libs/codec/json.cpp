#include "codec/json.hpp"

#include "codec/value_builder.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>

namespace towncrier::codec {

namespace {

constexpr std::string_view no_double = "a number that no double can hold";

/// The power of ten of the first digit of `digits` that is not 0: 2 for `123.4`, -2 for `0.0123`, 301 for `1.2e301`.
/// Nothing when all are 0. Exponents that are absurd count as large ones.
std::optional<long> order_of(std::string_view digits) {
  constexpr long absurd = 1'000'000'000;
  const auto mantissa = digits.substr(0, digits.find_first_of("eE"));
  const auto first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos)
    return std::nullopt;
  const auto point = static_cast<long>(std::min(mantissa.find('.'), mantissa.size()));
  const auto at = static_cast<long>(first);
  long exponent = 0;
  if (mantissa.size() < digits.size()) {
    auto text = digits.substr(mantissa.size() + 1);
    const bool down = text.front() == '-';
    if (down || text.front() == '+')
      text.remove_prefix(1);
    if (std::from_chars(text.data(), text.data() + text.size(), exponent).ec != std::errc{})
      exponent = absurd;
    exponent = std::min(exponent, absurd) * (down ? -1 : 1);
  }
  return exponent + (at < point ? point - at - 1 : point - at);
}

/// The double nearest to `digits`: 0 when it is too small for one, infinite when it is too large.
double nearest_double(std::string_view digits) {
  double x = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), x).ec != std::errc::result_out_of_range)
    return x;
  const auto nearest = order_of(digits).value_or(-1) < 0 ? 0.0 : std::numeric_limits<double>::infinity();
  return digits.front() == '-' ? -nearest : nearest;
}

/// Adds a number that is written as JSON wants it: as an integer where 64 bits hold it.
bool append_number(value_builder& out, std::string_view digits) {
  const auto* end = digits.data() + digits.size();
  if (digits == "-0") // which only a double holds
    return out.number(-0.0);
  if (std::int64_t x = 0; std::from_chars(digits.data(), end, x) == std::from_chars_result{end, std::errc{}})
    return out.integer(x);
  if (std::uint64_t x = 0; std::from_chars(digits.data(), end, x) == std::from_chars_result{end, std::errc{}})
    return out.integer(x);
  const auto x = nearest_double(digits);
  return std::isfinite(x) ? out.number(x) : out.fail(std::string{no_double});
}

/// What the reader calls; the names are RapidJSON's. Numbers come as text, because the reader's own conversion to the
/// nearest double fails an assertion on very long ones.
class json_handler {
public:
  explicit json_handler(value_builder& out) : out_(out) {}

  bool Null() { return out_.null(); }
  bool Bool(bool x) { return out_.boolean(x); }
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char* x, rapidjson::SizeType size, bool) { return append_number(out_, {x, size}); }
  bool String(const char* x, rapidjson::SizeType size, bool) { return out_.text({x, size}); }
  bool Key(const char* x, rapidjson::SizeType size, bool) { return out_.key({x, size}); }
  bool StartObject() { return out_.begin_object(); }
  bool EndObject(rapidjson::SizeType) { return out_.end_object(); }
  bool StartArray() { return out_.begin_array(); }
  bool EndArray(rapidjson::SizeType) { return out_.end_array(); }

private:
  value_builder& out_;
};

/// Encoding is checked by the builder instead of the reader: the reader lets an escaped lone low surrogate through.
constexpr unsigned reader_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

std::string_view reason_of(const rapidjson::Reader& reader, const value_builder& out) {
  if (!out.error().empty())
    return out.error();
  if (reader.GetParseErrorCode() == rapidjson::kParseErrorNumberTooBig)
    return no_double;
  std::string_view reason = rapidjson::GetParseError_En(reader.GetParseErrorCode());
  if (reason.ends_with('.'))
    reason.remove_suffix(1);
  return reason;
}

constexpr std::uint64_t each_byte(std::uint64_t x) { return x * 0x0101010101010101; }

/// Whether one of eight bytes is a quote, a backslash or a control character ("Bit Twiddling Hacks", zero in word).
bool any_to_escape(std::uint64_t word) noexcept {
  const auto zero_in = [](std::uint64_t x) { return (x - each_byte(0x01)) & ~x; };
  const auto below_space = (word - each_byte(0x20)) & ~word;
  return ((below_space | zero_in(word ^ each_byte('"')) | zero_in(word ^ each_byte('\\'))) & each_byte(0x80)) != 0;
}

bool to_escape(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

const char* next_to_escape(const char* at, const char* end) noexcept {
  for (std::uint64_t word = 0; end - at >= 8; at += 8) {
    std::memcpy(&word, at, sizeof(word));
    if (any_to_escape(word))
      break;
  }
  return std::find_if(at, end, to_escape);
}

void append_escaped(std::string& out, char c) {
  const auto code = static_cast<unsigned char>(c);
  out += '\\';
  if (code >= 0x20)
    out += c;
  else if (code >= 0x08 && code <= 0x0D && code != 0x0B)
    out += "btnvfr"[code - 0x08];
  else
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("u{:04x}"), code);
}

/// Whether JavaScript, which knows doubles alone, would round it.
bool is_safe(std::int64_t x) noexcept { return x >= -max_safe_integer && x <= max_safe_integer; }
bool is_safe(std::uint64_t x) noexcept { return x <= std::uint64_t{max_safe_integer}; }

template <class Integer>
void append_safe_integer(std::string& out, Integer x) {
  if (is_safe(x))
    return append_json_integer(out, x);
  out += '"';
  append_json_integer(out, x);
  out += '"';
}

/// Appends each kind of value; `safe`: as `append_safe_json` does.
template <bool safe>
struct json_visitor {
  std::string& out;

  void operator()(std::nullptr_t) const { out += "null"; }
  void operator()(bool x) const { out += x ? "true" : "false"; }
  void operator()(std::int64_t x) const { integer(x); }
  void operator()(std::uint64_t x) const { integer(x); }
  void operator()(double x) const { append_json_number(out, x); }
  void operator()(const std::string& x) const { append_json_string(out, x); }
  void operator()(const model::array& xs) const {
    out += '[';
    for (const auto& x : xs) {
      if (&x != &xs.front())
        out += ',';
      value(x);
    }
    out += ']';
  }
  void operator()(const model::object& xs) const {
    out += '{';
    for (const auto& [key, x] : xs) {
      if (&key != &xs.front().first)
        out += ',';
      append_json_string(out, key);
      out += ':';
      value(x);
    }
    out += '}';
  }

  void value(const model::value& x) const { std::visit(*this, x.data()); }

  template <class Integer>
  void integer(Integer x) const {
    if constexpr (safe)
      append_safe_integer(out, x);
    else
      append_json_integer(out, x);
  }
};

} // namespace

model::result<model::value> parse_json(std::string_view text, std::size_t max_depth) {
  value_builder out{max_depth};
  json_handler handler{out};
  rapidjson::MemoryStream stream{text.data(), text.size()};
  rapidjson::Reader reader;
  reader.Parse<reader_flags>(stream, handler);
  if (reader.HasParseError())
    return model::failure{
        fmt::format("not valid JSON at byte {}: {}", reader.GetErrorOffset(), reason_of(reader, out))};
  // The reader takes a NUL for the end of the text.
  if (stream.Tell() != text.size())
    return model::failure{fmt::format("not valid JSON at byte {}: a NUL after the value", stream.Tell())};
  return out.take();
}

void append_json(std::string& out, const model::value& x) { json_visitor<false>{out}.value(x); }

void append_json_object(std::string& out, const model::object& xs) { json_visitor<false>{out}(xs); }

void append_safe_json(std::string& out, const model::value& x) { json_visitor<true>{out}.value(x); }

void append_safe_json_object(std::string& out, const model::object& xs) { json_visitor<true>{out}(xs); }

void append_safe_json_integer(std::string& out, std::int64_t x) { append_safe_integer(out, x); }
void append_safe_json_integer(std::string& out, std::uint64_t x) { append_safe_integer(out, x); }

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const auto* at = text.data();
  const auto* const end = at + text.size();
  for (const auto* stop = next_to_escape(at, end); stop != end; stop = next_to_escape(at, end)) {
    out.append(at, stop);
    append_escaped(out, *stop);
    at = stop + 1;
  }
  out.append(at, end);
  out += '"';
}

void append_json_number(std::string& out, double x) {
  std::array<char, 32> buffer;
  auto* const end = fmt::format_to(buffer.data(), FMT_COMPILE("{}"), x);
  const std::string_view digits{buffer.data(), static_cast<std::size_t>(end - buffer.data())};
  out += digits;
  if (digits.find_first_of(".e") == std::string_view::npos)
    out += ".0";
}

void append_json_integer(std::string& out, std::int64_t x) {
  const fmt::format_int digits{x};
  out.append(digits.data(), digits.size());
}

void append_json_integer(std::string& out, std::uint64_t x) {
  const fmt::format_int digits{x};
  out.append(digits.data(), digits.size());
}

} // namespace towncrier::codec
