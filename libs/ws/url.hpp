#pragma once

#include "model/result.hpp"

#include <string>
#include <string_view>

namespace towncrier::ws {

/// Where a client of ours goes.
struct url {
  bool secure = false;
  std::string host; ///< without the brackets of an IPv6 address
  std::string port;
  std::string target; ///< path and query, `/` at least

  /// What `Host` says: with brackets, and with the port unless it is the scheme's own.
  std::string authority() const;
};

/// Reads `ws://`, `wss://`, `http://` and `https://`.
model::result<url> parse_url(std::string_view text);

/// Appends `name=value`, the value percent-encoded, to the query of a URL or a target that has a path.
void append_query(std::string& to, std::string_view name, std::string_view value);

} // namespace towncrier::ws
