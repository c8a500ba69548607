#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/uio.h>

struct ssl_st;

namespace towncrier::ws {

/// What became of an attempt to move bytes without waiting.
struct io_outcome {
  enum class kind : std::uint8_t {
    moved,         ///< `bytes` were
    wait_readable, ///< try again when the socket is readable
    wait_writable, ///< try again when the socket is writable
    ended,         ///< the peer sends nothing more
    failed,        ///< the connection is broken: `error`
  };

  kind what = kind::moved;
  std::size_t bytes = 0;
  int error = 0;        ///< an errno value
  bool drained = false; ///< after a read: there was nothing more to read

  bool must_wait() const noexcept { return what == kind::wait_readable || what == kind::wait_writable; }
};

/// How bytes get through a non-blocking socket: as they are, or through TLS. It does not own the descriptor.
class transport {
public:
  virtual ~transport() = default;

  /// Reads into the buffers, in order; not all of them need be used.
  virtual io_outcome read(std::span<iovec> into) = 0;

  /// Writes from the buffers, in order. After `wait_...` the next call must begin with the same bytes.
  virtual io_outcome write(std::span<iovec> from) = 0;

  /// Tells the peer that nothing more comes.
  virtual void finish() noexcept = 0;
};

std::unique_ptr<transport> make_plain_transport(int descriptor);

/// Speaks TLS in the role that `connection` was set to, and owns it; the handshake is part of the first read.
std::unique_ptr<transport> make_tls_transport(int descriptor, ssl_st* connection);

} // namespace towncrier::ws
