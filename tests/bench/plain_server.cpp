// The yardstick: what the kernel alone costs. A WebSocket server that sends every message of a client to all others,
// with one send() a message and client, or (with a second argument above 1) that many messages a send(). It checks
// nothing, speaks to `towncrier load` alone, and prints its port.
//   plain_server [PORT [MESSAGES_A_SEND]]
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

// The answer to the one key that `towncrier load` knocks with (RFC 6455, 1.3).
constexpr std::string_view upgraded =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct client {
  int fd;
  bool open = false; // to frames
  std::string in;
};

int events_fd;
std::vector<std::unique_ptr<client>> clients;

void append_frame(std::string& out, std::string_view payload) {
  out += '\x81';
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else {
    out += '\x7e';
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size());
  }
  out += payload;
}

void send_to_others(const client& from, const std::string& bytes) {
  for (const auto& to : clients)
    if (to.get() != &from && to->open)
      ::send(to->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

/// The payload of the first frame of `in`, taken off; false when it is not all there.
bool take_message(std::string& in, std::string& payload) {
  if (in.size() < 6)
    return false;
  std::size_t size = static_cast<unsigned char>(in[1]) & 0x7F;
  std::size_t at = 2;
  if (size == 126) {
    size = static_cast<std::size_t>(static_cast<unsigned char>(in[2]) << 8 | static_cast<unsigned char>(in[3]));
    at = 4;
  }
  if (in.size() < at + 4 + size)
    return false;
  payload.assign(in, at + 4, size);
  for (std::size_t i = 0; i < size; ++i)
    payload[i] = static_cast<char>(payload[i] ^ in[at + i % 4]);
  in.erase(0, at + 4 + size);
  return true;
}

void on_bytes(client& x, std::size_t messages_a_send) {
  if (!x.open) {
    const auto end = x.in.find("\r\n\r\n");
    if (end == std::string::npos)
      return;
    x.in.erase(0, end + 4);
    x.open = ::send(x.fd, upgraded.data(), upgraded.size(), MSG_NOSIGNAL) > 0;
  }
  std::string payload;
  std::string out;
  std::size_t gathered = 0;
  while (take_message(x.in, payload)) {
    append_frame(out, payload);
    if (++gathered < messages_a_send)
      continue;
    send_to_others(x, out);
    out.clear();
    gathered = 0;
  }
  if (!out.empty())
    send_to_others(x, out);
}

void drop(std::size_t at) {
  ::close(clients[at]->fd);
  clients[at] = std::move(clients.back());
  clients.pop_back();
}

void on_ready(client* x, std::size_t messages_a_send) {
  static std::array<char, 256 * 1024> buffer;
  const auto n = ::recv(x->fd, buffer.data(), buffer.size(), 0);
  if (n > 0) {
    x->in.append(buffer.data(), static_cast<std::size_t>(n));
    return on_bytes(*x, messages_a_send);
  }
  for (std::size_t i = 0; i < clients.size(); ++i)
    if (clients[i].get() == x)
      return drop(i);
}

void accept_one(int listener) {
  const auto fd = ::accept(listener, nullptr, nullptr);
  if (fd < 0)
    return;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto& x = clients.emplace_back(std::make_unique<client>(client{fd, false, {}}));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = x.get();
  epoll_ctl(events_fd, EPOLL_CTL_ADD, fd, &event);
}

} // namespace

int main(int argc, char** argv) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const auto messages_a_send = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 1);
  const auto listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_port = htons(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0));
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  auto* address = reinterpret_cast<sockaddr*>(&here);
  if (::bind(listener, address, size) != 0 || ::listen(listener, 4096) != 0 ||
      getsockname(listener, address, &size) != 0) {
    std::perror("plain_server");
    return 1;
  }
  std::printf("%d\n", ntohs(here.sin_port));
  std::fflush(stdout);
  events_fd = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(events_fd, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    std::array<epoll_event, 256> ready;
    const auto n = epoll_wait(events_fd, ready.data(), static_cast<int>(ready.size()), -1);
    for (int i = 0; i < n; ++i)
      if (auto* x = static_cast<client*>(ready[static_cast<std::size_t>(i)].data.ptr))
        on_ready(x, messages_a_send);
      else
        accept_one(listener);
  }
}
