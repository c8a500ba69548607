#include "actors/cluster/tls_errors.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <fcntl.h>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

namespace towncrier::cluster {

namespace {

struct pair_of_sockets {
  pair_of_sockets() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0); }
  ~pair_of_sockets() {
    for (const auto end : ends)
      close(end);
  }
  std::array<int, 2> ends{};
};

using session = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// A connection as CAF makes them, before its handshake.
session accept_at(SSL_CTX* context, int socket) {
  session result{SSL_new(context), SSL_free};
  SSL_set_fd(result.get(), socket);
  SSL_set_accept_state(result.get());
  return result;
}

} // namespace

TEST(tls_errors, what_went_wrong_at_one_connection_is_not_taken_for_an_error_of_another) {
  keep_tls_errors_apart();
  keep_tls_errors_apart();
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  pair_of_sockets healthy;
  const auto link = accept_at(context.get(), healthy.ends[0]);
  // What a stranger left behind on this thread.
  ERR_raise(ERR_LIB_SSL, SSL_R_UNEXPECTED_EOF_WHILE_READING);
  ASSERT_NE(ERR_peek_error(), 0u);
  char byte = 0;
  std::size_t count = 0;
  // Nothing has come yet, which is no error. Below the handshake: that empties the queue by itself.
  EXPECT_EQ(BIO_read_ex(SSL_get_rbio(link.get()), &byte, 1, &count), 0);
  EXPECT_EQ(ERR_peek_error(), 0u);
  ERR_raise(ERR_LIB_SSL, SSL_R_UNEXPECTED_EOF_WHILE_READING);
  EXPECT_EQ(BIO_write_ex(SSL_get_wbio(link.get()), "x", 1, &count), 1);
  EXPECT_EQ(ERR_peek_error(), 0u);
  EXPECT_EQ(read(healthy.ends[1], &byte, 1), 1);
}

} // namespace towncrier::cluster
