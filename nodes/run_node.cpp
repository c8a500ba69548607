#include "nodes/descriptor_limit.hpp"
#include "nodes/node.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace towncrier::node {

namespace {

/// The signals that a node acts on, blocked in every thread and taken by the main one.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const auto signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1})
    sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// The address to give to people: loopback has a name.
std::string host_of(const std::string& listen) {
  const auto host = listen.substr(0, listen.rfind(':'));
  return host == "127.0.0.1" || host == "0.0.0.0" || host == "[::]" ? "localhost" : host;
}

void print_addresses(const node& x, const protocol::options& options) {
  const auto host = host_of(options.edge.listen);
  const std::string secure = options.tls.certificate.empty() ? "" : "s";
  fmt::print("Towncrier {}, node {}\n", TOWNCRIER_VERSION, x.id());
  if (x.edge_port() != 0) {
    fmt::print("  page      http{}://{}:{}/\n", secure, host, x.edge_port());
    fmt::print("  clients   ws{}://{}:{}/\n", secure, host, x.edge_port());
  }
  fmt::print("  inspector http://{}:{}/inspector\n", host_of(options.admin.listen), x.admin_port());
  fmt::print("  metrics   http://{}:{}/metrics\n", host_of(options.admin.listen), x.admin_port());
  std::fflush(stdout);
}

/// Waits for the signal that ends the node, or its life (SIGUSR1).
int wait_for_end(const sigset_t& signals, node& running) {
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal == SIGUSR1 && running.outlived_by() == 0)
      continue; // somebody else's
    if (signal != SIGHUP)
      return signal;
    spdlog::info("reloading tokens and certificates");
    running.reload();
  }
}

/// Where actors hang, ends the process instead: waiting for them would be for ever. A supervisor that sees a failure
/// starts the node again.
void end_node(std::unique_ptr<node> x) {
  if (x->stop().stuck.empty())
    return;
  spdlog::shutdown();
  std::_Exit(1);
}

/// So that the next life is found where this one was.
protocol::options with_ports_of(const node& x, protocol::options options) {
  const auto bound = [](std::string& listen, std::uint16_t port) {
    if (port != 0)
      listen = listen.substr(0, listen.rfind(':') + 1) + std::to_string(port);
  };
  bound(options.edge.listen, x.edge_port());
  bound(options.admin.listen, x.admin_port());
  return options;
}

} // namespace

int run_node(const protocol::options& options) {
  const auto signals = block_signals();
  if (const auto too_few = raise_descriptor_limit(options.edge.max_connections))
    spdlog::warn("{}", *too_few);
  if (options.auth.allow_anonymous)
    spdlog::warn("auth.allow_anonymous is what auth.anonymous_role = operator was called before{}",
                 options.auth.anonymous_role.empty() && !options.auth.enabled() ? ": say that instead"
                                                                                : ", and does nothing here");
  auto started = node::start(options);
  if (!started) {
    fmt::print(stderr, "towncrier: {}\n", started.error());
    return 1;
  }
  print_addresses(**started, options);
  auto signal = wait_for_end(signals, **started);
  while (signal == SIGUSR1) {
    // The same node at the same ports, in a new life.
    const auto again = with_ports_of(**started, options);
    const auto above = (*started)->outlived_by();
    end_node(std::move(*started));
    started = node::start(again, above);
    if (!started) {
      fmt::print(stderr, "towncrier: {}\n", started.error());
      return 1;
    }
    spdlog::info("node {} has begun a new life", (*started)->id());
    signal = wait_for_end(signals, **started);
  }
  spdlog::info("{}: telling clients to go", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  end_node(std::move(*started));
  spdlog::info("stopped");
  return 0;
}

} // namespace towncrier::node
