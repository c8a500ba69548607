#pragma once

#include "nodes/admin/audit_log.hpp"
#include "nodes/admin/cluster_page.hpp"
#include "protocol/interfaces.hpp"
#include "ws/http.hpp"

#include <caf/actor_system.hpp>

#include <mutex>
#include <optional>
#include <string>

namespace towncrier::node {

/// The inspection API over HTTP, `/api/v1/...`: turns requests into questions for the inspector. nodes/API.md says
/// what there is. It answers on several threads at once.
class admin_api {
public:
  admin_api(caf::actor_system& system, protocol::inspector_actor inspector, const std::string& audit_file);

  /// Tells of a cluster from now on.
  void join(cluster_targets x);

  /// Answers `x`, which `who` sent; nothing when it is about something else.
  std::optional<ws::http_response> answer(const ws::http_request& x, const std::string& who);

  /// What was told of it; with an empty `membership` where nothing was.
  cluster_targets cluster();

private:
  model::value ask(model::object question);
  ws::http_response act(const ws::http_request& x, const std::string& who);
  ws::http_response traces(const ws::http_request& x, std::string_view id, const std::string& who);

  caf::actor_system& system_;
  protocol::inspector_actor inspector_;
  std::mutex cluster_mutex_;
  cluster_targets cluster_;
  audit_log audit_;
};

/// `x` as a JSON document.
ws::http_response json_response(const model::value& x, unsigned status = 200);

} // namespace towncrier::node
