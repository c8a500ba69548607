#include "ws/http_writer.hpp"

#include <array>
#include <ctime>
#include <utility>

namespace towncrier::ws {

namespace {

/// The time of day as HTTP has it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
std::string http_date() {
  const auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

// A field with a line break would begin another field: whoever controls its value would write our headers.
bool sound(std::string_view text) noexcept { return text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos; }

void add_field(std::string& out, std::string_view name, std::string_view value) {
  if (sound(name) && sound(value))
    out.append(name).append(": ").append(value).append("\r\n");
}

bool may_have_body(unsigned status) noexcept { return status >= 200 && status != 204 && status != 304; }

} // namespace

std::vector<frame_ptr> write_response(http_response response, const response_rules& rules) {
  auto body = response.shared_body ? std::move(response.shared_body)
                                   : std::make_shared<const std::string>(std::move(response.body));
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  head.append(reason_phrase(response.status)).append("\r\n");
  add_field(head, "Server", rules.server_name);
  add_field(head, "Date", http_date());
  add_field(head, "Connection", rules.keep_alive ? "keep-alive" : "close");
  if (may_have_body(response.status))
    add_field(head, "Content-Length", std::to_string(body->size()));
  for (const auto& [name, value] : response.fields)
    add_field(head, name, value);
  head += "\r\n";
  std::vector<frame_ptr> pieces{std::make_shared<const std::string>(std::move(head))};
  if (may_have_body(response.status) && !rules.without_body && !body->empty())
    pieces.push_back(std::move(body));
  return pieces;
}

} // namespace towncrier::ws
