#include "ws/deflate_offer.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace towncrier::ws {

namespace {

using boost::beast::string_view;
using offer = boost::beast::http::ext_list::value_type;

/// What compressed frames can be made for: zlib has no window of 8 bits.
constexpr int least_server_bits = 9;
constexpr int least_bits = 8;
constexpr int most_bits = 15;

/// A parameter without a value, and one with.
constexpr std::array<const char*, 2> flags{"server_no_context_takeover", "client_no_context_takeover"};
constexpr const char* server_bits = "server_max_window_bits";
constexpr const char* client_bits = "client_max_window_bits";

/// The bits that a value stands for; 0 when it stands for none.
int bits_of(string_view value) noexcept {
  int x = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), x);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size();
  return whole && value.front() != '0' && x >= least_bits && x <= most_bits ? x : 0;
}

bool is_allowed(string_view name, string_view value) noexcept {
  if (name == server_bits)
    return bits_of(value) >= least_server_bits;
  if (name == client_bits)
    return value.empty() || bits_of(value) != 0;
  return value.empty() && std::ranges::find(flags, name) != flags.end();
}

bool is_acceptable(const offer& x) {
  const auto& parameters = x.second;
  const auto named_again = [&](const auto& parameter) {
    return std::count_if(parameters.begin(), parameters.end(),
                         [&](const auto& other) { return other.first == parameter.first; }) > 1;
  };
  return boost::beast::iequals(x.first, "permessage-deflate") &&
         std::all_of(parameters.begin(), parameters.end(), [&](const auto& parameter) {
           return is_allowed(parameter.first, parameter.second) && !named_again(parameter);
         });
}

deflate_agreement agree_on(const offer& x) {
  deflate_agreement result;
  // Frames are shared by clients, and the messages of a client are read without the context of those before.
  result.answer = "permessage-deflate; server_no_context_takeover; "
                  "client_no_context_takeover";
  for (const auto& [name, value] : x.second)
    if (name == server_bits)
      result.server_window_bits = bits_of(value);
  if (result.server_window_bits < most_bits)
    result.answer += "; server_max_window_bits=" + std::to_string(result.server_window_bits);
  return result;
}

} // namespace

std::optional<deflate_agreement> agree_on_deflate(std::string_view extensions) {
  const boost::beast::http::ext_list offers{string_view{extensions.data(), extensions.size()}};
  const auto found = std::find_if(offers.begin(), offers.end(), is_acceptable);
  return found == offers.end() ? std::nullopt : std::optional{agree_on(*found)};
}

} // namespace towncrier::ws
