#pragma once

#include "ws/client_address.hpp"
#include "ws/site_rules.hpp"
#include "ws/tls_context.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace towncrier::ws {

/// What a listener and its sessions are allowed to do and to cost.
struct server_options {
  /// The longest message a client may send, in bytes, after inflation; a longer one closes with 1009. Not 0.
  std::size_t max_message_bytes = 1024 * 1024;

  /// Whether permessage-deflate is agreed to when a client offers it.
  bool compression = true;

  /// What a client may take for its TLS and HTTP handshake, and the application for its answer to the knock.
  std::chrono::milliseconds handshake_timeout{10'000};

  /// How long a connection of plain HTTP may stay silent between two requests.
  std::chrono::milliseconds idle_timeout{30'000};

  /// How long a closing connection may take.
  std::chrono::milliseconds close_timeout{5'000};

  /// Whose word on a client's address is taken.
  proxy_rules proxies;

  /// Which web pages may upgrade.
  site_rules sites;

  /// Paths that may be upgraded; empty: none, as on an admin listener.
  std::vector<std::string> websocket_paths;

  /// What `Server` says in responses.
  std::string server_name = "towncrier";

  /// Makes the listener speak TLS; nullptr: plain.
  std::shared_ptr<const tls_context> tls;

  /// Connections that the kernel completes ahead of `accept`.
  int listen_backlog = 4096;

  /// The longest header of a request, in bytes; 64 KiB at most.
  std::size_t max_header_bytes = 8 * 1024;

  /// The longest body of a plain request, in bytes.
  std::size_t max_body_bytes = 64 * 1024;

  /// File descriptors of the process that are not for clients of this listener; 0: it may take all. A client that would
  /// need one of these is answered 503.
  std::size_t reserved_descriptors = 0;

  /// Size of a socket's send buffer in the kernel, in bytes; 0: the kernel's own choice.
  int send_buffer_bytes = 0;
};

} // namespace towncrier::ws
