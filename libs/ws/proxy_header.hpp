#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace towncrier::ws {

/// What the first bytes of a connection are as a header of the PROXY protocol (HAProxy's, versions 1 and 2).
struct proxy_header {
  enum class progress {
    more, ///< all of it belongs to the header, which is not complete
    done,
    bad, ///< no such header
  };

  progress state = progress::more;
  std::size_t size = 0; ///< bytes of a header that is done
  /// The client's `address:port`; empty: the proxy speaks for itself, or does not know.
  std::string peer;
};

/// The longest header that is taken: version 2 may carry more of what nobody here asks for.
inline constexpr std::size_t max_proxy_header = 4096;

/// Reads the header at the front of `bytes`; what comes after it is not looked at.
proxy_header read_proxy_header(std::string_view bytes);

} // namespace towncrier::ws
