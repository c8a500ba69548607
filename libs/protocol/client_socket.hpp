#pragma once

#include "codec/frame.hpp"
#include "fanout/chunk.hpp"
#include "protocol/errc.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace towncrier::protocol {

/// What a client asked for when it knocked.
struct upgrade_request {
  std::string peer;                  ///< address and port of the client; port 0: a proxy did not say it
  std::string via;                   ///< those of the proxy that it came through; empty: none
  std::string path;                  ///< without the query
  std::string position;              ///< `position` of the query: where to resume; empty: nowhere
  std::vector<std::string> channels; ///< each `subscribe` of the query
  std::string token;                 ///< from `Authorization: Bearer` or the sub-protocol `bearer.<token>`
  codec::format format = codec::format::json;
};

/// The socket of one client, as its `connection` actor sees it; both live on the same I/O thread. What happens on it
/// reaches the actor as messages: `socket_opened`, `socket_received`, `socket_drained`, `socket_closed`.
class client_socket {
public:
  virtual ~client_socket() = default;

  /// Answers the upgrade with yes; `socket_opened` or `socket_closed` follows.
  virtual void accept() = 0;

  /// Answers the upgrade with `503`, `Retry-After` and a sentence, and ends the connection.
  virtual void refuse(std::string_view sentence, std::chrono::seconds retry_after) = 0;

  /// Writes frames in order, as one gather write with all that is waiting already.
  virtual void send(std::span<const codec::frame_ptr> frames) = 0;

  /// Adds the memory that `send` goes through, for who sends to thousands and has it brought near in time. It may be
  /// gone with the socket: an address to prefetch, not to read.
  virtual void name_memory(std::vector<std::span<const std::byte>>& to) const { static_cast<void>(to); }

  /// Bytes that were sent here and that the kernel has not taken yet.
  virtual std::size_t queued_bytes() const noexcept = 0;

  /// Sends a WebSocket ping: a live client answers, and that counts as a sign of life.
  virtual void ping() = 0;

  /// When the client was last heard of: a message, a ping or a pong.
  virtual std::chrono::steady_clock::time_point last_heard() const noexcept = 0;

  /// Stops taking bytes from the client, so that TCP slows it down.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// Writes what is waiting, then the close frame, and waits for the client's, not for long.
  virtual void close(close_code code, std::string_view reason) = 0;
};

} // namespace towncrier::protocol
