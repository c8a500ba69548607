#include "ws/client_link.hpp"

#include <boost/asio/connect.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace towncrier::ws {

namespace {

/// How often it is asked whether anybody still waits.
constexpr std::chrono::milliseconds give_up_interval{50};

struct free_context {
  void operator()(SSL_CTX* x) const noexcept { SSL_CTX_free(x); }
};
using context_ptr = std::unique_ptr<SSL_CTX, free_context>;

model::result<context_ptr> make_context(const client_options& options) {
  context_ptr x{SSL_CTX_new(TLS_client_method())};
  if (!x)
    return model::failure{"cannot set up TLS"};
  SSL_CTX_set_min_proto_version(x.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(x.get(), options.verify_certificate ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (options.ca_file.empty())
    SSL_CTX_set_default_verify_paths(x.get());
  else if (SSL_CTX_load_verify_file(x.get(), options.ca_file.c_str()) != 1)
    return model::failure{"cannot read certificates from '" + options.ca_file + "'"};
  return x;
}

/// Asks for `host`, and takes a certificate of `host` alone.
void expect_host(SSL* connection, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1)
    return;
  SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
  SSL_set1_host(connection, host.c_str());
}

model::result<ssl_st*> make_connection(const url& to, const client_options& options) {
  const auto context = make_context(options);
  if (!context)
    return model::failure{context.error()};
  auto* connection = SSL_new(context->get());
  if (connection == nullptr)
    return model::failure{"cannot set up TLS"};
  SSL_set_connect_state(connection);
  expect_host(connection, to.host);
  return connection;
}

error_code connect_socket(client_link& link, tcp_socket& socket, const url& to,
                          client_link::clock::time_point deadline) {
  error_code ec;
  asio::ip::basic_resolver<asio::ip::tcp, executor> resolver{link.context.get_executor()};
  const auto found = resolver.resolve(to.host, to.port, ec);
  if (ec)
    return ec;
  std::optional<error_code> outcome;
  asio::async_connect(socket, found, [&outcome](error_code x, const auto&) { outcome = x; });
  if (link.run_until(deadline, [&] { return outcome.has_value(); }))
    return *outcome;
  socket.close(ec);
  link.run_until(client_link::clock::time_point::max(), [&] { return outcome.has_value(); });
  return asio::error::timed_out;
}

} // namespace

bool client_link::run_until(clock::time_point deadline, const std::function<bool()>& done) {
  context.restart();
  while (!done()) {
    if (context.poll_one() != 0)
      continue;
    if (clock::now() >= deadline)
      return false;
    if (deadline == clock::time_point::max())
      context.run_one();
    else if (!give_up)
      context.run_one_until(deadline);
    else if (give_up())
      return false;
    else
      context.run_one_until(std::min(deadline, clock::now() + give_up_interval));
  }
  return true;
}

std::string client_link::describe(error_code ec) const {
  const auto verdict = tls != nullptr ? SSL_get_verify_result(tls) : X509_V_OK;
  const bool verifies = tls != nullptr && SSL_get_verify_mode(tls) != SSL_VERIFY_NONE;
  return verifies && verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : ec.message();
}

model::result<std::unique_ptr<client_link>> connect_link(const url& to, const client_options& options,
                                                         client_link::clock::time_point deadline) {
  auto link = std::make_unique<client_link>();
  link->give_up = options.give_up;
  tcp_socket socket{link->context.get_executor()};
  if (auto ec = connect_socket(*link, socket, to, deadline))
    return model::failure{"cannot connect to " + to.authority() + ": " + ec.message()};
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
  const int descriptor = socket.native_handle();
  auto way = make_plain_transport(descriptor);
  if (to.secure) {
    const auto connection = make_connection(to, options);
    if (!connection)
      return model::failure{connection.error()};
    link->tls = *connection;
    way = make_tls_transport(descriptor, link->tls);
  }
  link->line = std::make_unique<wire>(std::move(socket), std::move(way));
  return link;
}

} // namespace towncrier::ws
