#pragma once

#include "fanout/chunk.hpp"

namespace towncrier::protocol {

/// A connection as the hub of its own I/O thread may see it: where chunks can be put without a message. One message a
/// delivery costs a fifth of what the kernel takes for the same; so a hub calls, but only while the connection's
/// mailbox is empty, where a message would have been handled next anyway: no order changes by it.
class chunk_sink {
public:
  virtual void deliver(const fanout::chunk& x) = 0;

  /// The same, noted among what the connection did: the way of a hub.
  virtual void deliver_counted(const fanout::chunk& x) { deliver(x); }

protected:
  ~chunk_sink() = default;
};

} // namespace towncrier::protocol
