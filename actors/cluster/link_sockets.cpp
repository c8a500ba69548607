#include "actors/cluster/link_sockets.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace towncrier::cluster {

namespace {

/// How many milliseconds TCP waits for what was sent to be confirmed, before it ends the connection.
std::atomic<unsigned> patience_ms{0};

/// Sockets that are not TCP refuse this, which does no harm.
void limit_patience(int socket) {
  const auto most = patience_ms.load();
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &most, sizeof most);
}

/// Called by OpenSSL before and after everything that it does with a socket. Its result is what OpenSSL then returns,
/// so it is left as it is.
long watch(BIO*, int what, const char* argument, std::size_t, int command, long, int result, std::size_t*) {
  if (what == BIO_CB_READ || what == BIO_CB_WRITE)
    ERR_clear_error();
  if (what == BIO_CB_CTRL && command == BIO_C_SET_FD && argument != nullptr) {
    int socket = -1;
    std::memcpy(&socket, argument, sizeof socket);
    limit_patience(socket);
  }
  return result;
}

/// Called by OpenSSL for each object that it makes to read from or write to, sockets and others.
void made(void* parent, void*, CRYPTO_EX_DATA*, int, long, void*) {
  auto* bio = static_cast<BIO*>(parent);
  if (BIO_method_type(bio) == BIO_TYPE_SOCKET)
    BIO_set_callback_ex(bio, watch);
}

} // namespace

void prepare_link_sockets(std::chrono::milliseconds patience) {
  patience_ms.store(static_cast<unsigned>(patience.count()));
  // This reserves a place for data of ours in each BIO. Nobody uses the place: it is reserved because OpenSSL then
  // calls `made` for every new BIO.
  [[maybe_unused]] static const int place =
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_BIO, 0, nullptr, made, nullptr, nullptr);
}

} // namespace towncrier::cluster
