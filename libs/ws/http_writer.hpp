#pragma once

#include "ws/http.hpp"
#include "ws/session.hpp"

#include <string_view>
#include <vector>

namespace towncrier::ws {

/// How a response goes out.
struct response_rules {
  std::string_view server_name;
  bool keep_alive = false;
  bool without_body = false; ///< it answers a HEAD
};

/// A response as pieces for the wire: the head, and the body when there is one.
std::vector<frame_ptr> write_response(http_response response, const response_rules& rules);

} // namespace towncrier::ws
