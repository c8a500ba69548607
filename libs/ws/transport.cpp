#include "ws/transport.hpp"

#include <cerrno>
#include <sys/socket.h>

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
    msghdr header{};
    header.msg_iov = from.data();
    header.msg_iovlen = from.size();
    const auto n = retry([&] { return ::sendmsg(descriptor_, &header, MSG_DONTWAIT | MSG_NOSIGNAL); });
    if (n < 0)
      return refused(io_outcome::kind::wait_writable);
    return {io_outcome::kind::moved, static_cast<std::size_t>(n)};
  }

  void finish() noexcept override { ::shutdown(descriptor_, SHUT_WR); }

private:
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
