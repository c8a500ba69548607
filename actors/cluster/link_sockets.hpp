#pragma once

#include <chrono>

namespace towncrier::cluster {

/// Mends two things that CAF and OpenSSL do to the sockets of links. To be called before there is any link; may be
/// called again.
///
/// **An error of one connection must not end the others.** OpenSSL keeps a queue of errors for each thread. If it finds
/// an error there after a call, it takes it for an error of that call, although an earlier call for another connection
/// may have left it. All connections of CAF share one thread, and CAF never empties the queue. So a stranger who
/// connected and hung up, or a peer that died, ended every link of the node. This empties the queue whenever OpenSSL is
/// about to read from a socket or to write to one.
///
/// **A connection that takes no bytes must end.** When a peer is dialled again, CAF uses the connection that it already
/// has, however long that has been hanging. After a cut of the network such a connection comes to life only when TCP
/// sends again, and the intervals at which it does grow longer and longer. This has TCP end a connection on which
/// something that was sent has not been confirmed for `patience`.
void prepare_link_sockets(std::chrono::milliseconds patience);

} // namespace towncrier::cluster
