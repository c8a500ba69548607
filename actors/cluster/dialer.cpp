#include "actors/cluster/dialer.hpp"

#include <caf/openssl/manager.hpp>

#include <netdb.h>
#include <poll.h>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

namespace towncrier::cluster {

namespace {

/// Whether something accepts connections at one address within `patience`.
bool answers(const addrinfo& where, std::chrono::milliseconds patience) {
  const auto fd = ::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return false;
  ::connect(fd, where.ai_addr, where.ai_addrlen);
  pollfd ready{fd, POLLOUT, 0};
  int error = ETIMEDOUT;
  socklen_t size = sizeof error;
  if (::poll(&ready, 1, static_cast<int>(patience.count())) == 1)
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  ::close(fd);
  return error == 0;
}

bool answers(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    return false;
  auto result = false;
  for (const auto* at = found; at != nullptr && !result; at = at->ai_next)
    result = answers(*at, patience);
  ::freeaddrinfo(found);
  return result;
}

} // namespace

protocol::dialer_actor::behavior_type dialer(dialer_pointer self, std::chrono::milliseconds patience) {
  self->state.patience = patience;
  return {
      [self](const std::string& host, std::uint16_t port) -> caf::result<caf::strong_actor_ptr> {
        ++self->state.dialled;
        if (!answers(host, port, self->state.patience)) {
          ++self->state.unanswered;
          return caf::make_error(caf::sec::cannot_connect_to_node, "nobody answers there");
        }
        auto promise = self->make_response_promise<caf::strong_actor_ptr>();
        self->request(self->system().openssl_manager().actor_handle(), caf::infinite, caf::connect_atom::value, host,
                      port)
            .then([promise](const caf::node_id&, caf::strong_actor_ptr& found,
                            const std::set<std::string>&) mutable { promise.deliver(std::move(found)); },
                  [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
        return promise;
      },
  };
}

} // namespace towncrier::cluster
