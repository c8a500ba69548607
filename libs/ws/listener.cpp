#include "ws/listener.hpp"

#include "ws/asio.hpp"
#include "ws/descriptor_reserve.hpp"
#include "ws/http_connection.hpp"
#include "ws/proxy_greeting.hpp"

#include <boost/asio/ip/address.hpp>

#include <cerrno>
#include <chrono>
#include <sys/socket.h>
#include <utility>

namespace towncrier::ws {

namespace {

/// How long nothing is accepted after the process ran out of descriptors or memory.
constexpr std::chrono::milliseconds back_off{100};

using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using tcp_endpoint = asio::ip::tcp::endpoint;

std::string to_string(const tcp_endpoint& x) {
  const auto address = x.address().to_string();
  return (x.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(x.port());
}

// What a client caused that left before it was accepted; the next one is there already.
bool is_passing(error_code ec) {
  return ec == asio::error::connection_aborted || ec == asio::error::connection_reset || ec.value() == EPROTO;
}

// Whether nobody listens there: the kernel lets any process of the same user share a port that was opened to be shared.
error_code find_taken(tcp_acceptor& probe, const tcp_endpoint& where) {
  error_code ec;
  probe.open(where.protocol(), ec);
  if (!ec)
    probe.set_option(asio::socket_base::reuse_address{true}, ec);
  if (!ec)
    probe.bind(where, ec);
  return ec;
}

error_code bind_and_listen(tcp_acceptor& acceptor, const tcp_endpoint& where, const server_options& options) {
  error_code ec;
  const auto step = [&ec](auto action) {
    if (!ec)
      action();
  };
  step([&] { acceptor.open(where.protocol(), ec); });
  step([&] { acceptor.set_option(asio::socket_base::reuse_address{true}, ec); });
  step([&] { acceptor.set_option(reuse_port{true}, ec); });
  step([&] { acceptor.bind(where, ec); });
  // What is accepted inherits it.
  if (options.send_buffer_bytes > 0)
    step([&] { acceptor.set_option(asio::socket_base::send_buffer_size{options.send_buffer_bytes}, ec); });
  step([&] { acceptor.listen(options.listen_backlog, ec); });
  return ec;
}

} // namespace

struct listener::impl : std::enable_shared_from_this<listener::impl> {
  impl(asio::io_context& context, std::shared_ptr<const server_options> options, listener_handler& handler)
      : acceptor(context.get_executor()), pause(context.get_executor()), core(std::make_shared<listener_core>()) {
    core->options = std::move(options);
    core->handler = &handler;
  }

  void accept() {
    acceptor.async_accept(peer, [self = shared_from_this()](error_code ec, tcp_socket socket) {
      self->on_accept(ec, std::move(socket));
    });
  }

  void on_accept(error_code ec, tcp_socket socket) {
    if (core->handler == nullptr)
      return;
    if (ec && !is_passing(ec))
      return wait_a_little(ec);
    if (!ec)
      serve(std::move(socket));
    accept();
  }

  void serve(tcp_socket socket) {
    error_code ignored; // of a client that has left already; reading finds out
    socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
    const auto room = afford(socket.native_handle(), core->options->reserved_descriptors);
    if (room != affordable::all)
      core->handler->on_problem(
          "a client was refused: only the file descriptors are left that are reserved for operators "
          "and for other nodes");
    if (room == affordable::nothing)
      return;
    auto from = to_string(peer);
    if (core->options->proxies.proxy_protocol && core->options->proxies.trusts(from))
      proxy_greeting::start(std::move(socket), std::move(from), core, room == affordable::all);
    else
      http_connection::start(std::move(socket), {std::move(from), {}}, core, room == affordable::all);
  }

  void wait_a_little(error_code why) {
    core->handler->on_problem("cannot accept a connection: " + why.message());
    pause.expires_after(back_off);
    pause.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec && self->core->handler != nullptr)
        self->accept();
    });
  }

  void stop() {
    core->handler = nullptr;
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    for (auto* x : core->connections)
      x->drop();
    for (auto* x : core->greetings)
      x->drop();
  }

  tcp_acceptor acceptor;
  tcp_endpoint peer; ///< of the connection that is being accepted
  timer pause;
  std::shared_ptr<listener_core> core;
  std::uint16_t port = 0;
};

listener::listener(std::shared_ptr<impl> x) : impl_(std::move(x)) {}

listener::~listener() { stop(); }

model::result<std::unique_ptr<listener>> listener::open(asio::io_context& context, const endpoint& where,
                                                        std::shared_ptr<const server_options> options,
                                                        listener_handler& handler) {
  error_code ec;
  const auto address = asio::ip::make_address(where.address, ec);
  if (ec)
    return model::failure{"'" + where.address + "' is not an IP address"};
  const tcp_endpoint at{address, where.port};
  auto x = std::make_shared<impl>(context, std::move(options), handler);
  if (!where.shared && where.port != 0) {
    tcp_acceptor probe{context};
    ec = find_taken(probe, at);
  }
  if (!ec)
    ec = bind_and_listen(x->acceptor, at, *x->core->options);
  if (ec)
    return model::failure{"cannot listen on " + to_string(at) + ": " + ec.message()};
  x->port = x->acceptor.local_endpoint(ec).port();
  x->accept();
  return std::unique_ptr<listener>{new listener{std::move(x)}};
}

std::uint16_t listener::port() const noexcept { return impl_->port; }

void listener::stop() { impl_->stop(); }

} // namespace towncrier::ws
