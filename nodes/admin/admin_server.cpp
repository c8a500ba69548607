#include "nodes/admin/admin_server.hpp"

#include "actors/ops/cluster_metrics.hpp"
#include "nodes/edge_server.hpp"

#include <caf/scoped_actor.hpp>

namespace towncrier::node {

namespace {

/// How long an actor may take to answer a page.
constexpr std::chrono::seconds patience{5};
constexpr std::chrono::seconds cluster_patience{2};

/// Asks `target` and makes a page of its answer.
template <class Answer, class Target, class F>
ws::http_response ask(caf::actor_system& system, const Target& target, F make_page) {
  ws::http_response result = ws::text_response(503, "no answer in time\n");
  caf::scoped_actor self{system};
  self->request(target, patience, protocol::list_atom::value)
      .receive([&](const Answer& x) { result = make_page(x); }, [](const caf::error&) {});
  return result;
}

} // namespace

admin_server::admin_server(caf::actor_system& system, admin_targets targets, const protocol::options& options,
                           std::shared_ptr<const protocol::readiness> ready)
    : system_(system), targets_(std::move(targets)), node_(options.node.id),
      access_(system, targets_.authenticator, options), api_(system, targets_.inspector, options.admin.audit_log),
      ready_(std::move(ready)), thread_(system, "admin") {}

admin_server::~admin_server() { stop(); }

model::result<std::uint16_t> admin_server::start(const ws::endpoint& where) {
  auto opened = ws::listener::open(thread_.context(), where, std::make_shared<const ws::server_options>(), *this);
  if (!opened)
    return model::failure{opened.error()};
  listener_ = std::move(*opened);
  const auto port = listener_->port();
  thread_.start();
  return port;
}

void admin_server::stop() {
  metrics_thread_.stop();
  question_threads_.stop();
  thread_.stop();
  listener_.reset();
}

void admin_server::join(cluster_targets x) { api_.join(std::move(x)); }

void admin_server::on_request(ws::http_request request, answer_to answer) {
  if (auto health = answer_health(request, *ready_))
    return answer(std::move(*health));
  if (pages_.has(request.path))
    return answer(pages_.answer(request));
  auto& pool = request.path == "/metrics" ? metrics_thread_ : question_threads_;
  if (!pool.run([this, request = std::move(request), answer] { answer(on_http(request)); }))
    answer(ws::text_response(503, "too much is being asked already\n"));
}

ws::http_response admin_server::on_http(const ws::http_request& request) {
  if (request.path == "/metrics" && (request.method == "GET" || request.method == "HEAD"))
    return metrics();
  if (!request.path.starts_with("/api/"))
    return ws::text_response(404, "there is: /inspector /metrics /healthz /readyz /api/v1/...\n");
  // Everything else is for operators.
  auto who = access_.check(request);
  if (auto* no = std::get_if<ws::http_response>(&who))
    return std::move(*no);
  if (auto answer = api_.answer(request, std::get<std::string>(who)))
    return std::move(*answer);
  if (request.method != "GET" && request.method != "HEAD")
    return ws::text_response(405, "only GET and HEAD are answered here\n");
  if (request.path == "/api/v1/connections")
    return connections();
  if (request.path == "/api/v1/debug")
    return debug_log();
  return ws::text_response(404,
                           "in /api/v1/ there is: nodes actors actors/ID top kinds ended why actions traces traces/ID "
                           "connections debug\n");
}

ws::http_response admin_server::metrics() {
  return ask<protocol::metrics_page>(system_, targets_.monitor, [this](const auto& x) {
    ws::http_response result;
    result.fields = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
    result.body = x.text + ops::certificate_metrics(node_, targets_.certificates_end()) + cluster_metrics();
    return result;
  });
}

/// What does not answer in time is left out: the rest is worth more than nothing.
std::string admin_server::cluster_metrics() {
  const auto cluster = api_.cluster();
  if (!cluster.membership)
    return {};
  ops::cluster_state state{node_, {}, {}};
  caf::scoped_actor self{system_};
  auto known = false;
  self->request(cluster.membership, cluster_patience, protocol::status_atom::value)
      .receive([&](const protocol::membership_status& x) { state.membership = x, known = true; },
               [](const caf::error&) {});
  self->request(cluster.exchange, cluster_patience, protocol::list_atom::value)
      .receive([&](protocol::link_list& x) { state.links = std::move(x); }, [](const caf::error&) {});
  return known ? ops::cluster_metrics(state) : std::string{};
}

ws::http_response admin_server::connections() {
  return ask<protocol::connection_list>(system_, targets_.admission, [](const auto& x) {
    model::array rows;
    for (const auto& c : x.connections) {
      model::object row{{"id", protocol::to_string(c.id)}, {"peer", c.peer}, {"since", c.since}};
      if (!c.via.empty())
        row.emplace_back("via", c.via);
      rows.push_back(std::move(row));
    }
    return json_response(std::move(rows));
  });
}

ws::http_response admin_server::debug_log() {
  return ask<protocol::debug_log>(system_, targets_.debugger, [](const auto& x) {
    model::array rows;
    for (const auto& r : x.records)
      rows.push_back(model::object{{"timestamp", r.timestamp},
                                   {"direction", r.inbound ? "in" : "out"},
                                   {"connection_id", protocol::to_string(r.connection)},
                                   {"message", r.message}});
    return json_response(std::move(rows));
  });
}

void admin_server::on_upgrade(std::shared_ptr<ws::session> knocking) {
  knocking->refuse(404, "no WebSocket here", std::chrono::seconds{0});
}

void admin_server::on_problem(std::string_view what) { problems_.warn(what); }

} // namespace towncrier::node
