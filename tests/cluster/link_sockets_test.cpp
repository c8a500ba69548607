#include "actors/cluster/link_sockets.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace towncrier::cluster {

namespace {

using namespace std::chrono_literals;

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

TEST(link_sockets, what_went_wrong_at_one_connection_is_not_taken_for_an_error_of_another) {
  prepare_link_sockets(5s);
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

TEST(link_sockets, a_connection_that_takes_nothing_is_given_up) {
  prepare_link_sockets(4s);
  prepare_link_sockets(5s);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  const auto socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto link = accept_at(context.get(), socket);
  unsigned patience = 0;
  socklen_t size = sizeof patience;
  ASSERT_EQ(getsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, &size), 0);
  EXPECT_EQ(patience, 5000u);
  close(socket);
}

} // namespace towncrier::cluster
