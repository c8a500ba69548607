#pragma once

#include "actors/edge/connection.hpp"
#include "hosting/io_thread.hpp"
#include "nodes/problem_log.hpp"
#include "nodes/static_pages.hpp"
#include "protocol/readiness.hpp"
#include "ws/listener.hpp"

namespace towncrier::node {

/// `address:port`, with an IPv6 address in brackets; the options were checked to be that.
ws::endpoint parse_endpoint(std::string_view text);

/// Listens on one I/O thread: gives each client its connection actor there, and answers plain requests.
class edge_server final : public ws::listener_handler {
public:
  /// `ready` tells `/readyz` whether new clients are welcome; `problems` is shared by the servers of all threads.
  edge_server(caf::actor_system& system, hosting::io_thread& thread, edge::connection_services_ptr services,
              std::shared_ptr<const static_pages> pages, std::shared_ptr<const protocol::readiness> ready,
              std::shared_ptr<problem_log> problems);

  /// Binds and begins to accept. Before the thread starts.
  model::result<std::uint16_t> listen(const ws::endpoint& where, std::shared_ptr<const ws::server_options> options);

  /// Accepts no more; clients that are there stay. From any thread but its own, while it runs.
  void stop_accepting();

  ws::http_response on_http(const ws::http_request& request) override;
  void on_upgrade(std::shared_ptr<ws::session> knocking) override;
  void on_problem(std::string_view what) override;

private:
  caf::actor_system& system_;
  hosting::io_thread& thread_;
  edge::connection_services_ptr services_;
  std::shared_ptr<const static_pages> pages_;
  std::shared_ptr<const protocol::readiness> ready_;
  std::shared_ptr<problem_log> problems_;
  std::shared_ptr<const ws::server_options> options_;
  std::unique_ptr<ws::listener> listener_;
};

/// The answer of `/healthz` and `/readyz`; nothing for other paths.
std::optional<ws::http_response> answer_health(const ws::http_request& request, const protocol::readiness& ready);

} // namespace towncrier::node
