#include "ws/transport.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace towncrier::ws {

namespace {

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

std::size_t room(std::span<const iovec> buffers) noexcept {
  std::size_t sum = 0;
  for (const auto& x : buffers)
    sum += x.iov_len;
  return sum;
}

class plain_transport final : public transport {
public:
  explicit plain_transport(int descriptor) noexcept : descriptor_(descriptor) {}

  io_outcome read(std::span<iovec> into) override {
    msghdr header{};
    header.msg_iov = into.data();
    header.msg_iovlen = into.size();
    const auto n = retry([&] { return ::recvmsg(descriptor_, &header, MSG_DONTWAIT); });
    if (n == 0)
      return {io_outcome::kind::ended};
    if (n < 0)
      return refused(io_outcome::kind::wait_readable);
    const auto bytes = static_cast<std::size_t>(n);
    return {io_outcome::kind::moved, bytes, 0, bytes < room(into)};
  }

  io_outcome write(std::span<iovec> from) override {
    const auto n = retry([&] { return from.size() == 1 ? send_one(from.front()) : send_all(from); });
    if (n < 0)
      return refused(io_outcome::kind::wait_writable);
    return {io_outcome::kind::moved, static_cast<std::size_t>(n)};
  }

  void finish() noexcept override { ::shutdown(descriptor_, SHUT_WR); }

private:
  static constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;

  /// The kernel takes one buffer with less ado than a list of one. Not by send(): as a point where a thread may be
  /// cancelled it costs two atomic operations a call, and nobody cancels threads here.
  ssize_t send_one(const iovec& x) const noexcept {
#ifdef SYS_sendto
    return ::syscall(SYS_sendto, descriptor_, x.iov_base, x.iov_len, flags, nullptr, 0);
#else
    return ::send(descriptor_, x.iov_base, x.iov_len, flags);
#endif
  }

  ssize_t send_all(std::span<iovec> from) const noexcept {
    msghdr header{};
    header.msg_iov = from.data();
    header.msg_iovlen = from.size();
    return ::sendmsg(descriptor_, &header, flags);
  }

  template <class Call>
  static ssize_t retry(Call call) {
    for (;;)
      if (const auto n = call(); n >= 0 || errno != EINTR)
        return n;
  }

  static io_outcome refused(io_outcome::kind wait) noexcept {
    if (would_block(errno))
      return {wait};
    return {io_outcome::kind::failed, 0, errno};
  }

  int descriptor_;
};

} // namespace

std::unique_ptr<transport> make_plain_transport(int descriptor) {
  return std::make_unique<plain_transport>(descriptor);
}

} // namespace towncrier::ws
