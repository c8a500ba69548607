#pragma once

#include "model/result.hpp"
#include "nodes/load/settings.hpp"

#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace towncrier::load {

/// Where the server is.
struct address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

model::result<address> resolve(const std::string& host, const std::string& port);

/// A non-blocking TCP socket.
class socket {
public:
  /// What became of a call: bytes, or one of these.
  static constexpr ssize_t would_block = -1;
  static constexpr ssize_t broken = -2;

  socket() = default;
  ~socket() { close(); }
  socket(socket&& x) noexcept : fd_(std::exchange(x.fd_, -1)) {}
  socket& operator=(socket&& x) noexcept;

  /// Begins to connect. `receive_buffer` in bytes; 0: the system's. The error says what is wrong.
  static model::result<socket> connect(const address& to, int receive_buffer = 0);

  /// 0 when the connection stands, else the errno value.
  int connect_error() const noexcept;

  /// 0 when the other end is done.
  ssize_t receive(std::span<char> into) noexcept;
  ssize_t send(std::string_view bytes) noexcept;

  /// `at_once`: cut off, as when the network goes.
  void close(bool at_once = false) noexcept;

  int fd() const noexcept { return fd_; }
  bool open() const noexcept { return fd_ >= 0; }

private:
  int fd_ = -1;
};

/// What a viewer knocks with. `position`: where it was; empty: it is new.
std::string upgrade_request(const settings& x, std::span<const std::string> channels, std::string_view position);

} // namespace towncrier::load
