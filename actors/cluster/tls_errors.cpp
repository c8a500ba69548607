#include "actors/cluster/tls_errors.hpp"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <cstddef>

namespace towncrier::cluster {

namespace {

/// Called by OpenSSL before and after everything that it does with a socket. Gives back what was to be the result.
long forget_errors(BIO*, int what, const char*, std::size_t, int, long, int result, std::size_t*) {
  if (what == BIO_CB_READ || what == BIO_CB_WRITE)
    ERR_clear_error();
  return result;
}

/// Called by OpenSSL for everything that it makes to read from or write to.
void made(void* parent, void*, CRYPTO_EX_DATA*, int, long, void*) {
  auto* bio = static_cast<BIO*>(parent);
  if (BIO_method_type(bio) == BIO_TYPE_SOCKET)
    BIO_set_callback_ex(bio, forget_errors);
}

} // namespace

void keep_tls_errors_apart() {
  // A place for data of ours at each BIO, which nobody fills: we want to hear of every new one.
  [[maybe_unused]] static const int place =
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_BIO, 0, nullptr, made, nullptr, nullptr);
}

} // namespace towncrier::cluster
