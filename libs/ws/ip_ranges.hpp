#pragma once

#include "model/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::ws {

/// An IP address. One of version 4 is held as version 6 maps it, so that `10.0.0.1` and `::ffff:10.0.0.1` are the same.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};

  bool is_v4() const noexcept;
  /// As a URL has it: an IPv6 address in brackets.
  std::string text() const;

  friend bool operator==(const ip_address&, const ip_address&) = default;
};

/// Reads an address of either version, without brackets, port or zone.
std::optional<ip_address> parse_ip(std::string_view text);

/// An address and perhaps a port: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1`.
struct ip_endpoint {
  ip_address address;
  std::uint16_t port = 0; ///< 0: none was given

  /// `192.0.2.1:80`; the port is always there.
  std::string text() const;
};
std::optional<ip_endpoint> parse_ip_endpoint(std::string_view text);

/// A set of addresses.
class ip_ranges {
public:
  /// Adds `192.0.2.1`, `10.0.0.0/8` or `fd00::/8`. The error is a sentence that says what is wrong.
  std::optional<model::failure> add(std::string_view text);

  bool contains(const ip_address& x) const noexcept;
  bool empty() const noexcept { return ranges_.empty(); }

private:
  struct range {
    ip_address first;
    int bits = 128; ///< of `first` that count
  };

  std::vector<range> ranges_;
};

} // namespace towncrier::ws
