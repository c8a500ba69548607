#include "nodes/edge_server.hpp"

#include "nodes/client_link.hpp"

#include <charconv>
#include <future>

namespace towncrier::node {

ws::endpoint parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  auto address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  ws::endpoint result;
  result.address = address == "localhost" ? "127.0.0.1" : std::string{address};
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), result.port);
  return result;
}

std::optional<ws::http_response> answer_health(const ws::http_request& request, const protocol::readiness& ready) {
  if (request.path == "/healthz")
    return ws::text_response(200, "ok\n");
  if (request.path == "/readyz")
    return ws::text_response(ready.load() ? 200 : 503, ready.text());
  return std::nullopt;
}

edge_server::edge_server(caf::actor_system& system, hosting::io_thread& thread, edge::connection_services_ptr services,
                         std::shared_ptr<const static_pages> pages, std::shared_ptr<const protocol::readiness> ready,
                         std::shared_ptr<problem_log> problems)
    : system_(system), thread_(thread), services_(std::move(services)), pages_(std::move(pages)),
      ready_(std::move(ready)), problems_(std::move(problems)) {}

model::result<std::uint16_t> edge_server::listen(const ws::endpoint& where,
                                                 std::shared_ptr<const ws::server_options> options) {
  options_ = std::move(options);
  auto opened = ws::listener::open(thread_.context(), where, options_, *this);
  if (!opened)
    return model::failure{opened.error()};
  listener_ = std::move(*opened);
  return listener_->port();
}

void edge_server::stop_accepting() {
  std::promise<void> done;
  thread_.post([&] {
    listener_.reset();
    done.set_value();
  });
  done.get_future().wait();
}

ws::http_response edge_server::on_http(const ws::http_request& request) {
  if (auto health = answer_health(request, *ready_))
    return std::move(*health);
  if (auto no = options_->sites.object_to_host(request))
    return std::move(*no);
  return pages_->answer(request);
}

void edge_server::on_upgrade(std::shared_ptr<ws::session> knocking) {
  auto request = std::make_shared<protocol::upgrade_request>(read_upgrade(knocking->request()));
  auto link = std::make_shared<client_link>(std::move(knocking), services_->traffic);
  const hosting::parent_scope parent{services_->hub->id()};
  auto who = hosting::spawn_on(system_, &thread_, edge::connection, services_,
                               std::shared_ptr<protocol::client_socket>{link}, std::move(request));
  link->connect(link, std::move(who));
}

void edge_server::on_problem(std::string_view what) { problems_->warn(what); }

} // namespace towncrier::node
