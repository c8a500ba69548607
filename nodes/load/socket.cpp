#include "nodes/load/socket.hpp"

#include "ws/url.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace towncrier::load {

model::result<address> resolve(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const auto failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); failed != 0)
    return model::failure{fmt::format("{}: {}", host, gai_strerror(failed))};
  // A server on loopback speaks IPv4, mostly.
  const auto* chosen = found;
  for (const auto* x = found; x != nullptr; x = x->ai_next)
    if (x->ai_family == AF_INET) {
      chosen = x;
      break;
    }
  address result;
  std::memcpy(&result.bytes, chosen->ai_addr, chosen->ai_addrlen);
  result.size = chosen->ai_addrlen;
  freeaddrinfo(found);
  return result;
}

socket& socket::operator=(socket&& x) noexcept {
  if (this != &x) {
    close();
    fd_ = std::exchange(x.fd_, -1);
  }
  return *this;
}

model::result<socket> socket::connect(const address& to, int receive_buffer) {
  socket result;
  result.fd_ = ::socket(to.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (!result.open())
    return model::failure{std::strerror(errno)};
  const int on = 1;
  setsockopt(result.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0)
    setsockopt(result.fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (::connect(result.fd_, reinterpret_cast<const sockaddr*>(&to.bytes), to.size) != 0 && errno != EINPROGRESS)
    return model::failure{std::strerror(errno)};
  return result;
}

int socket::connect_error() const noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

ssize_t socket::receive(std::span<char> into) noexcept {
  const auto n = ::recv(fd_, into.data(), into.size(), 0);
  return n >= 0 ? n : errno == EAGAIN || errno == EINTR ? would_block : broken;
}

ssize_t socket::send(std::string_view bytes) noexcept {
  const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return n >= 0 ? n : errno == EAGAIN || errno == EINTR ? would_block : broken;
}

void socket::close(bool at_once) noexcept {
  if (!open())
    return;
  if (at_once) {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(std::exchange(fd_, -1));
}

std::string upgrade_request(const settings& x, std::span<const std::string> channels, std::string_view position) {
  auto target = x.target;
  for (const auto& channel : channels)
    ws::append_query(target, "subscribe", channel);
  if (!position.empty())
    ws::append_query(target, "position", position);
  auto request = fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                             target, x.host, x.port);
  if (x.msgpack)
    request += "Sec-WebSocket-Protocol: towncrier.v1.msgpack\r\n";
  if (x.compression)
    request += "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
  if (!x.token.empty())
    request += "Authorization: Bearer " + x.token + "\r\n";
  return request + "\r\n";
}

} // namespace towncrier::load
