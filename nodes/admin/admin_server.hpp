#pragma once

#include "hosting/io_thread.hpp"
#include "nodes/admin/admin_access.hpp"
#include "nodes/admin/admin_api.hpp"
#include "nodes/admin/answer_pool.hpp"
#include "nodes/problem_log.hpp"
#include "nodes/static_pages.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/readiness.hpp"
#include "ws/listener.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <map>
#include <string>

namespace towncrier::node {

/// The actors that the operators' surfaces ask.
struct admin_targets {
  protocol::connection_monitor_actor monitor;
  protocol::admission_actor admission;
  protocol::debugger_actor debugger;
  protocol::inspector_actor inspector;
  protocol::authenticator_actor authenticator;
  /// When the certificates of the node end, by what they are for.
  std::function<std::map<std::string, double>()> certificates_end;
};

/// Operators' surfaces, on threads of their own: `/healthz`, `/readyz`, the page `/inspector`, which knows nothing by
/// itself, `/metrics`, and `/api/v1/...` for operators alone. A question that takes long holds up none of the others.
class admin_server final : public ws::listener_handler {
public:
  admin_server(caf::actor_system& system, admin_targets targets, const protocol::options& options,
               std::shared_ptr<const protocol::readiness> ready);
  ~admin_server() override;

  /// Binds, and serves until `stop`.
  model::result<std::uint16_t> start(const ws::endpoint& where);
  void stop();

  /// What opens the API besides tokens, to be read again; nullptr: nothing.
  const std::shared_ptr<admin_secret>& secret() const noexcept { return access_.secret(); }

  /// Tells of a cluster from now on.
  void join(cluster_targets x);

  void on_request(ws::http_request request, answer_to answer) override;
  /// On a thread of a pool, where it may wait.
  ws::http_response on_http(const ws::http_request& request) override;
  void on_upgrade(std::shared_ptr<ws::session> knocking) override;
  void on_problem(std::string_view what) override;

private:
  ws::http_response metrics();
  std::string cluster_metrics();
  ws::http_response connections();
  ws::http_response debug_log();

  caf::actor_system& system_;
  admin_targets targets_;
  std::string node_;
  admin_access access_;
  admin_api api_;
  static_pages pages_{"inspector.html", "/inspector"};
  std::shared_ptr<const protocol::readiness> ready_;
  problem_log problems_{"admin"};
  hosting::io_thread thread_;
  std::unique_ptr<ws::listener> listener_;
  // Last: what they run uses the others.
  answer_pool metrics_thread_{"admin-metrics", 1, 16};
  answer_pool question_threads_{"admin-questions", 4, 64};
};

} // namespace towncrier::node
