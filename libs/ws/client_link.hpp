#pragma once

#include "ws/client.hpp"
#include "ws/url.hpp"
#include "ws/wire.hpp"

#include <functional>

namespace towncrier::ws {

/// A connected wire with an event loop of its own, which runs within `run_until` alone.
struct client_link {
  using clock = std::chrono::steady_clock;

  client_link() = default;
  client_link(const client_link&) = delete;
  client_link& operator=(const client_link&) = delete;

  /// Runs the loop until `done` says so; false when it is `deadline` first, or when nobody waits any more.
  bool run_until(clock::time_point deadline, const std::function<bool()>& done);

  /// What went wrong, with OpenSSL's word about the certificate where that is the reason.
  std::string describe(error_code ec) const;

  asio::io_context context{1};
  std::unique_ptr<wire> line;
  ssl_st* tls = nullptr; ///< owned by `line`
  /// Whether nobody waits for what comes; may be empty.
  std::function<bool()> give_up;
};

/// Connects to where `to` points; with TLS, the handshake is part of the first write.
model::result<std::unique_ptr<client_link>> connect_link(const url& to, const client_options& options,
                                                         client_link::clock::time_point deadline);

} // namespace towncrier::ws
