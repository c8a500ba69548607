#include "ws/proxy_greeting.hpp"

#include "ws/proxy_header.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace towncrier::ws {

proxy_greeting::proxy_greeting(tcp_socket socket, std::string peer, std::shared_ptr<listener_core> core, bool has_room)
    : core_(std::move(core)), socket_(std::move(socket)), peer_(std::move(peer)), timer_(socket_.get_executor()),
      has_room_(has_room) {
  core_->greetings.insert(this);
}

proxy_greeting::~proxy_greeting() { core_->greetings.erase(this); }

void proxy_greeting::start(tcp_socket socket, std::string peer, std::shared_ptr<listener_core> core, bool has_room) {
  std::shared_ptr<proxy_greeting> x{new proxy_greeting{std::move(socket), std::move(peer), std::move(core), has_room}};
  x->timer_.expires_after(x->core_->options->handshake_timeout);
  x->timer_.async_wait([weak = x->weak_from_this()](error_code ec) {
    if (const auto self = ec ? nullptr : weak.lock())
      self->drop();
  });
  x->wait();
}

void proxy_greeting::drop() {
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

void proxy_greeting::wait() {
  socket_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code ec) {
    if (!ec && self->core_->handler != nullptr)
      self->read();
  });
}

/// What belongs to the header is taken off the socket; what follows it is left there.
void proxy_greeting::read() {
  std::array<char, max_proxy_header> room;
  const auto seen = ::recv(socket_.native_handle(), room.data(), room.size(), MSG_PEEK | MSG_DONTWAIT);
  if (seen < 0 && (errno == EAGAIN || errno == EINTR))
    return wait();
  if (seen <= 0)
    return drop();
  const auto before = header_.size();
  header_.append(room.data(), static_cast<std::size_t>(seen));
  const auto found = read_proxy_header(header_);
  if (found.state == proxy_header::progress::bad) {
    core_->handler->on_problem("a trusted proxy (" + peer_ +
                               ") sent no header of the PROXY protocol: is it switched on there?");
    return drop();
  }
  const auto taken = (found.state == proxy_header::progress::done ? found.size : header_.size()) - before;
  if (::recv(socket_.native_handle(), room.data(), taken, MSG_DONTWAIT) != static_cast<ssize_t>(taken))
    return drop();
  if (found.state == proxy_header::progress::more)
    return wait();
  timer_.cancel();
  auto from = found.peer.empty() ? client_address{peer_, {}} : client_address{found.peer, peer_};
  http_connection::start(std::move(socket_), std::move(from), core_, has_room_);
}

} // namespace towncrier::ws
