#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace towncrier::ws {

/// Host and port, as a `Host` field and the middle of a URL have them.
struct authority {
  std::string host;       ///< in lower case; an IPv6 address in brackets and in its shortest form
  std::uint16_t port = 0; ///< 0: none was given

  friend bool operator==(const authority&, const authority&) = default;
};

/// Reads `host`, `host:port` or `[::1]:port`. Nothing for anything else: an empty host, user information, a port that
/// is none, characters that no browser sends in a host (it says names of other alphabets as `xn--...`).
std::optional<authority> parse_authority(std::string_view text);

/// Whether a host (of `authority`) is this machine for every browser: `localhost`, an IPv4 address in 127.0.0.0/8, or
/// `[::1]`. A name that merely begins or ends like one of them is somebody's domain, and may lead anywhere.
bool is_loopback_host(std::string_view host);

/// Whether `host` is an IPv4 address in its usual form of four numbers.
bool is_ipv4_address(std::string_view host);

/// Where a web page came from (RFC 6454): scheme, host and port, the port filled in where the scheme has one.
struct web_origin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0; ///< 0: the scheme has no port of its own

  friend bool operator==(const web_origin&, const web_origin&) = default;
};

/// Reads `https://town.example:8443`; nothing when it is no origin: `null`, a URL with a path.
std::optional<web_origin> parse_origin(std::string_view text);

/// The port of `http` and `https` (and of `ws` and `wss`) where none is said; 0 for other schemes.
std::uint16_t default_port(std::string_view scheme) noexcept;

} // namespace towncrier::ws
