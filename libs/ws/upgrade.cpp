#include "ws/upgrade.hpp"

#include <algorithm>
#include <cctype>

namespace towncrier::ws {

namespace {

bool is_base64(unsigned char c) noexcept { return std::isalnum(c) != 0 || c == '+' || c == '/'; }

http_response wrong_version() {
  auto x = text_response(426, "This server speaks version 13 of WebSocket.\n");
  x.fields.push_back({"Sec-WebSocket-Version", "13"});
  return x;
}

} // namespace

// 16 bytes are 21 characters, one of A, Q, g and w (whose four low bits are 0), and two of padding.
bool valid_websocket_key(std::string_view key) noexcept {
  return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), is_base64) &&
         std::string_view{"AQgw"}.find(key[21]) != std::string_view::npos;
}

std::optional<http_response> objection(const http_request& request, const server_options& options) {
  if (std::ranges::find(options.websocket_paths, request.path) == options.websocket_paths.end())
    return text_response(404, "There is no WebSocket here.\n");
  if (request.header("Sec-WebSocket-Version") != "13")
    return wrong_version();
  if (!valid_websocket_key(request.header("Sec-WebSocket-Key")))
    return text_response(400, "Sec-WebSocket-Key is not 16 bytes in base64.\n");
  if (request.header("Host").empty())
    return text_response(400, "Host is missing.\n");
  if (auto no = options.sites.object_to_host(request))
    return no;
  return options.sites.object_to_origin(request);
}

} // namespace towncrier::ws
