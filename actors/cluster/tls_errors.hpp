#pragma once

namespace towncrier::cluster {

/// Keeps the TLS errors of one link away from the others; to be called before there is any link. May be called again.
///
/// OpenSSL keeps a queue of errors a thread, and takes what it finds there for an error of the call that it is asked
/// about. All connections of CAF share one thread, and CAF does not empty the queue: so one stranger who connected and
/// hung up, or one peer that died, ended every link of the node, and their ends those of the other nodes. Here the
/// queue is emptied before anything is read from, or written to, a socket by OpenSSL.
void keep_tls_errors_apart();

} // namespace towncrier::cluster
