#pragma once

#include "ws/http.hpp"
#include "ws/ip_ranges.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace towncrier::ws {

/// Whose word on a client's address is taken, and how it is given.
struct proxy_rules {
  ip_ranges trusted; ///< empty: nobody's
  /// The one header that is read, in lower case: `x-forwarded-for`, or `forwarded` (RFC 7239). Never both: a proxy that
  /// writes one passes the other on as the client wrote it.
  std::string header = "x-forwarded-for";
  /// Whether each connection of theirs begins with a header of the PROXY protocol.
  bool proxy_protocol = false;

  /// Whether whoever is at `peer` (`address:port`) is trusted.
  bool trusts(std::string_view peer) const;
};

/// Where a client is.
struct client_address {
  std::string peer; ///< `address:port`; port 0: nobody said it
  std::string via;  ///< of the proxy that is connected with us; empty: the client itself is

  friend bool operator==(const client_address&, const client_address&) = default;
};

/// The client of a request that came from `connection`. Each proxy adds whom it saw at the end of the header, so it is
/// read from there: the first address that is not trusted is the client's, and what stands before it is nobody's but
/// the client's word. An entry that is no address (`unknown`, a name, garbage) ends the search: the client counts as
/// being where the last good entry says. Of a header that is not written as it must be, nothing is taken.
client_address find_client(const proxy_rules& rules, const client_address& connection,
                           const std::vector<http_field>& fields);

} // namespace towncrier::ws
