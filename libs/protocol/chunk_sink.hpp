#pragma once

#include "fanout/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace towncrier::protocol {

/// A connection as the hub of its own I/O thread may see it: where chunks can be put without a message. One message a
/// delivery costs a fifth of what the kernel takes for the same; so a hub calls, but only while the connection's
/// mailbox is empty, where a message would have been handled next anyway: no order changes by it. The hub gets it by
/// `hosting::call_face`, never out of a message: when the message is read, the connection may have ended.
class chunk_sink {
public:
  virtual void deliver(const fanout::chunk& x) = 0;

  /// The same, noted among what the connection did: the way of a hub. It counts as having taken since `since`, in
  /// ticks; gives the time now, where the next one begins.
  virtual std::uint64_t deliver_counted(const fanout::chunk& x, std::uint64_t since) {
    deliver(x);
    return since;
  }

  /// Adds the memory that a delivery goes through: an address to prefetch, not to read.
  virtual void name_memory(std::vector<std::span<const std::byte>>& to) const { static_cast<void>(to); }

protected:
  ~chunk_sink() = default;
};

} // namespace towncrier::protocol
