#include "ws/transport.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sys/socket.h>

namespace towncrier::ws {

namespace {

/// The most that one TLS record carries, in bytes (RFC 8446, 5.1).
constexpr std::size_t max_record = 16 * 1024;

int descriptor_of(BIO* bio) noexcept { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a peer that left would end the process by SIGPIPE.
int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto n = ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int bio_read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const auto n = ::recv(descriptor_of(bio), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_retry_read(bio);
  return static_cast<int>(n);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* bio_method() {
  static const BIO_METHOD* const method = [] {
    auto* x = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "towncrier socket");
    BIO_meth_set_write(x, bio_write);
    BIO_meth_set_read(x, bio_read);
    BIO_meth_set_ctrl(x, bio_control);
    return x;
  }();
  return method;
}

class tls_transport final : public transport {
public:
  tls_transport(int descriptor, ssl_st* connection) : connection_(connection) {
    auto* bio = BIO_new(bio_method());
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
    BIO_set_init(bio, 1);
    SSL_set_bio(connection_, bio, bio);
    SSL_set_mode(connection_,
                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  }

  ~tls_transport() override { SSL_free(connection_); }

  io_outcome read(std::span<iovec> into) override {
    ERR_clear_error();
    std::size_t n = 0;
    const int done = SSL_read_ex(connection_, into.front().iov_base, into.front().iov_len, &n);
    return done > 0 ? io_outcome{io_outcome::kind::moved, n} : refused(done);
  }

  io_outcome write(std::span<iovec> from) override {
    const auto record = next_record(from);
    ERR_clear_error();
    errno = 0;
    std::size_t n = 0;
    const int done = SSL_write_ex(connection_, record.iov_base, record.iov_len, &n);
    return done > 0 ? io_outcome{io_outcome::kind::moved, n} : refused(done);
  }

  void finish() noexcept override {
    ERR_clear_error();
    if (!broken_ && SSL_is_init_finished(connection_) != 0)
      SSL_shutdown(connection_);
    ERR_clear_error();
    ::shutdown(descriptor_of(SSL_get_rbio(connection_)), SHUT_WR);
  }

private:
  /// One record's worth of what waits. A retry sees the same bytes again, which OpenSSL insists on.
  static iovec next_record(std::span<iovec> from) noexcept {
    if (from.size() == 1 || from.front().iov_len >= max_record)
      return {from.front().iov_base, std::min(from.front().iov_len, max_record)};
    static thread_local std::array<char, max_record> gathered;
    std::size_t size = 0;
    for (const auto& x : from) {
      const auto n = std::min(x.iov_len, max_record - size);
      std::memcpy(gathered.data() + size, x.iov_base, n);
      size += n;
      if (size == max_record)
        break;
    }
    return {gathered.data(), size};
  }

  io_outcome refused(int returned) noexcept {
    const int saved = errno;
    switch (SSL_get_error(connection_, returned)) {
      case SSL_ERROR_WANT_READ:
        return {io_outcome::kind::wait_readable};
      case SSL_ERROR_WANT_WRITE:
        return {io_outcome::kind::wait_writable};
      case SSL_ERROR_ZERO_RETURN:
        return {io_outcome::kind::ended};
      case SSL_ERROR_SYSCALL:
        broken_ = true;
        return saved == 0 ? io_outcome{io_outcome::kind::ended} : io_outcome{io_outcome::kind::failed, 0, saved};
      default:
        broken_ = true;
        return {io_outcome::kind::failed, 0, EPROTO};
    }
  }

  SSL* connection_;
  bool broken_ = false;
};

} // namespace

std::unique_ptr<transport> make_tls_transport(int descriptor, ssl_st* connection) {
  return std::make_unique<tls_transport>(descriptor, connection);
}

} // namespace towncrier::ws
