#include "ws/http.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace towncrier::ws {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) noexcept { return std::ranges::equal(a, b, {}, lower, lower); }

/// The byte that two hexadecimal digits stand for; -1 when they are none.
int hex_byte(std::string_view digits) noexcept {
  int x = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), x, 16);
  const bool whole = digits.size() == 2 && parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size();
  return whole && digits.front() != '-' ? x : -1;
}

} // namespace

std::string_view http_request::header(std::string_view name) const noexcept {
  const auto found = std::ranges::find_if(fields, [&](const auto& x) { return same_name(x.name, name); });
  return found == fields.end() ? std::string_view{} : std::string_view{found->value};
}

std::string_view http_request::param(std::string_view name) const noexcept {
  const auto found = std::ranges::find(query, name, &http_field::name);
  return found == query.end() ? std::string_view{} : std::string_view{found->value};
}

std::vector<std::string_view> http_request::params(std::string_view name) const {
  std::vector<std::string_view> all;
  for (const auto& x : query)
    if (x.name == name)
      all.emplace_back(x.value);
  return all;
}

http_response text_response(unsigned status, std::string_view text) {
  http_response x;
  x.status = status;
  x.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
  x.body = text;
  return x;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? hex_byte(text.substr(i + 1, 2)) : -1;
    if (byte >= 0) {
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string_view reason_phrase(unsigned status) noexcept {
  static constexpr auto known = std::to_array<std::pair<unsigned, std::string_view>>({
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {422, "Unprocessable Content"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  });
  const auto* found = std::ranges::find(known, status, &std::pair<unsigned, std::string_view>::first);
  return found == known.end() ? "Unknown" : found->second;
}

} // namespace towncrier::ws
