#pragma once

#include "ws/http.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace towncrier::ws {

/// One whole server frame, header included, unmasked: the same bytes serve every client.
using frame_ptr = std::shared_ptr<const std::string>;

/// One message of a client, unmasked, inflated and, when it is text, valid UTF-8.
struct message {
  bool binary = false;
  std::string bytes;

  friend bool operator==(const message&, const message&) = default;
};

/// Who listens to one session. All calls come on the session's I/O thread; a handler may call the session from within.
class session_handler {
public:
  virtual ~session_handler() = default;

  /// The upgrade is done. `deflate_window_bits` is the window that compressed frames for this client may use (9 to
  /// 15, without context from frame to frame); 0: it takes no compressed frames.
  virtual void on_open(int deflate_window_bits) = 0;

  /// What could be read without waiting, in order; never empty, never more than 64 messages.
  virtual void on_messages(std::vector<message>&& messages) = 0;

  /// The queue has become empty after the kernel had not taken it at once.
  virtual void on_drained() = 0;

  /// The session ended: exactly once, on every way to end, and the last call. Not called from within a call to the
  /// session. `code` is the client's when it closed first, ours when we did, 1006 when the connection broke.
  virtual void on_closed(std::uint16_t code, std::string reason) = 0;
};

/// One client that knocks, or has been let in. All functions are for its I/O thread alone, and all may be called at
/// any time: where there is nothing left to do, they do nothing. One that is let go of while it knocks, closes.
class session {
public:
  virtual ~session() = default;
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// What the client knocked with. Precondition: neither `accept` nor `refuse` was called yet.
  virtual const http_request& request() const noexcept = 0;

  /// Address and port of the client: `127.0.0.1:4711`.
  virtual const std::string& peer() const noexcept = 0;

  /// Lets the client in. `on_open`, or `on_closed` alone, follows; not from within this call. An empty `subprotocol`
  /// names none. The session and its handler hold each other until `on_closed` has returned.
  virtual void accept(std::shared_ptr<session_handler> handler, std::string_view subprotocol) = 0;

  /// Answers the upgrade with `status` and a body of plain text, and ends. `Retry-After` is sent when positive.
  virtual void refuse(unsigned status, std::string_view body, std::chrono::seconds retry_after) = 0;

  /// Writes frames (none of them null or empty) in order, with all that is waiting already in one call to the kernel.
  /// Frames sent between `accept` and `on_open` follow the handshake; frames sent after `close` are dropped.
  virtual void send(std::span<const frame_ptr> frames) = 0;

  /// Bytes that were sent here and that the kernel has not taken yet.
  virtual std::size_t queued_bytes() const noexcept = 0;

  /// Adds the memory that `send` goes through, for who sends to thousands and has it brought near in time. It may be
  /// gone with the session: an address to prefetch, not to read.
  virtual void name_memory(std::vector<std::span<const std::byte>>& to) const { static_cast<void>(to); }

  /// Sends a WebSocket ping, in order with the frames.
  virtual void ping() = 0;

  /// When the client was last heard of: the handshake, a message, a ping or a pong.
  virtual std::chrono::steady_clock::time_point last_heard() const noexcept = 0;

  /// Delivers nothing more until `resume_reading`, and soon takes no bytes either, so that TCP slows the client
  /// down. The end of a connection may go unnoticed meanwhile, unless something is sent.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// Writes what is queued, then the close frame, and waits for the client's; `close_timeout` after this call the
  /// connection is dropped, wherever it stands. At most 123 bytes of `reason` are sent.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;

  /// Drops the connection and what is queued; `on_closed` follows with 1006.
  virtual void abort() = 0;

  /// Sessions that exist in this process, knocking ones included.
  static std::size_t count() noexcept;

protected:
  session() = default;
};

} // namespace towncrier::ws
