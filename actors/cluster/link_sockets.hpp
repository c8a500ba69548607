#pragma once

#include <chrono>

namespace towncrier::cluster {

/// Makes the sockets of links what CAF leaves them not; to be called before there is any link. May be called again.
///
/// **Errors stay where they belong.** OpenSSL keeps a queue of errors a thread, and takes what it finds there for an
/// error of the call that it is asked about. All connections of CAF share one thread, and CAF does not empty the queue:
/// so one stranger who connected and hung up, or one peer that died, ended every link of the node, and their ends those
/// of the other nodes. Here the queue is emptied before anything is read from, or written to, a socket by OpenSSL.
///
/// **A connection that takes nothing ends**, after `patience`. CAF gives who dials the connection that it has, however
/// long that hangs: after a cut of the network it came to life only when TCP tried again, which it does ever more
/// seldom.
void prepare_link_sockets(std::chrono::milliseconds patience);

} // namespace towncrier::cluster
