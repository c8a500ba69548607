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
#include <cstdint>
#include <cstring>
#include <limits>

namespace towncrier::codec {

namespace {

/// The double nearest to `digits`; infinite when there is none.
double nearest_double(std::string_view digits) {
  double x = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), x).ec != std::errc::result_out_of_range)
    return x;
  const auto tiny = digits.find("e-") != std::string_view::npos || digits.find("E-") != std::string_view::npos ||
                    digits.find_first_of("eE") == std::string_view::npos;
  return tiny ? 0 : std::numeric_limits<double>::infinity();
}

/// Adds a number that is written as JSON wants it: as an integer where 64 bits hold it.
bool append_number(value_builder& out, std::string_view digits) {
  const auto* end = digits.data() + digits.size();
  if (std::int64_t x = 0; std::from_chars(digits.data(), end, x) == std::from_chars_result{end, std::errc{}})
    return out.integer(x);
  if (std::uint64_t x = 0; std::from_chars(digits.data(), end, x) == std::from_chars_result{end, std::errc{}})
    return out.integer(x);
  return out.number(nearest_double(digits));
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

void append_array(std::string& out, const model::array& xs) {
  out += '[';
  for (const auto& x : xs) {
    if (&x != &xs.front())
      out += ',';
    append_json(out, x);
  }
  out += ']';
}

/// Appends each kind of value.
struct json_visitor {
  std::string& out;

  void operator()(std::nullptr_t) const { out += "null"; }
  void operator()(bool x) const { out += x ? "true" : "false"; }
  void operator()(std::int64_t x) const { append_json_integer(out, x); }
  void operator()(std::uint64_t x) const { append_json_integer(out, x); }
  void operator()(double x) const { append_json_number(out, x); }
  void operator()(const std::string& x) const { append_json_string(out, x); }
  void operator()(const model::array& xs) const { append_array(out, xs); }
  void operator()(const model::object& xs) const { append_json_object(out, xs); }
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

void append_json(std::string& out, const model::value& x) { std::visit(json_visitor{out}, x.data()); }

void append_json_object(std::string& out, const model::object& xs) {
  out += '{';
  for (const auto& [key, x] : xs) {
    if (&key != &xs.front().first)
      out += ',';
    append_json_string(out, key);
    out += ':';
    append_json(out, x);
  }
  out += '}';
}

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
