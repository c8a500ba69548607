#include "ws/http_connection.hpp"

#include "ws/http_writer.hpp"
#include "ws/server_session.hpp"
#include "ws/upgrade.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <utility>

namespace towncrier::ws {

namespace http = boost::beast::http;

namespace {

/// Names and values of a query, `a=1&b=2`.
std::vector<http_field> parse_query(std::string_view text) {
  std::vector<http_field> all;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const auto equals = std::min(part.find('='), part.size());
    const auto value = part.substr(std::min(equals + 1, part.size()));
    if (!part.empty())
      all.push_back({percent_decode(part.substr(0, equals), true), percent_decode(value, true)});
  }
  return all;
}

std::string to_string(boost::beast::string_view x) { return {x.data(), x.size()}; }

http_request as_request(http::request<http::string_body>&& from, const client_address& from_whom,
                        const proxy_rules& proxies) {
  http_request x;
  x.method = to_string(from.method_string());
  x.target = to_string(from.target());
  const auto path_end = std::min(x.target.find('?'), x.target.size());
  x.path = percent_decode(std::string_view{x.target}.substr(0, path_end));
  x.query = parse_query(std::string_view{x.target}.substr(std::min(path_end + 1, x.target.size())));
  for (const auto& field : from)
    x.fields.push_back({to_string(field.name_string()), to_string(field.value())});
  x.body = std::move(from.body());
  auto client = find_client(proxies, from_whom, x.fields);
  x.peer = std::move(client.peer);
  x.via = std::move(client.via);
  return x;
}

unsigned status_of(error_code ec) {
  if (ec == http::error::header_limit)
    return 431;
  return ec == http::error::body_limit ? 413 : 400;
}

/// How long a connection that is refused anyway may take to say what it wants: others need its descriptor.
constexpr std::chrono::seconds refusal_patience{2};

http_response no_room() {
  auto x =
      text_response(503, "This node has no file descriptors left for more clients: try again, or at another node.\n");
  x.fields.push_back({"Retry-After", "5"});
  return x;
}

bool is_parse_error(error_code ec) {
  return ec.category() == make_error_code(http::error::bad_method).category() && ec != http::error::end_of_stream &&
         ec != http::error::partial_message;
}

std::unique_ptr<transport> make_transport(int descriptor, const server_options& options) {
  if (options.tls == nullptr)
    return make_plain_transport(descriptor);
  auto* connection = options.tls->new_connection();
  return connection != nullptr ? make_tls_transport(descriptor, connection) : nullptr;
}

} // namespace

http_connection::http_connection(std::unique_ptr<wire> line, client_address from, std::shared_ptr<listener_core> core,
                                 bool has_room)
    : core_(std::move(core)), wire_(std::move(line)), from_(std::move(from)), timer_(wire_->get_executor()),
      has_room_(has_room) {
  core_->connections.insert(this);
}

http_connection::~http_connection() { core_->connections.erase(this); }

void http_connection::start(tcp_socket socket, client_address from, std::shared_ptr<listener_core> core,
                            bool has_room) {
  auto way = make_transport(socket.native_handle(), *core->options);
  if (way == nullptr)
    return;
  auto line = std::make_unique<wire>(std::move(socket), std::move(way));
  std::shared_ptr<http_connection> x{new http_connection{std::move(line), std::move(from), std::move(core), has_room}};
  x->wire_->attach(*x, x->weak_from_this());
  const auto patience = x->core_->options->handshake_timeout;
  x->start_timer(has_room ? patience : std::min<std::chrono::milliseconds>(patience, refusal_patience));
  x->read_request();
}

void http_connection::drop() {
  timer_.cancel();
  if (wire_)
    wire_->close(true);
}

void http_connection::read_request() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_->options->max_header_bytes));
  parser_->body_limit(core_->options->max_body_bytes);
  http::async_read(*wire_, buffer_, *parser_,
                   [self = shared_from_this()](error_code ec, std::size_t) { self->on_request(ec); });
}

void http_connection::on_request(error_code ec) {
  if (ec)
    return on_broken_request(ec);
  if (core_->handler == nullptr)
    return drop();
  const bool keep_alive = parser_->get().keep_alive();
  const bool knocks = boost::beast::websocket::is_upgrade(parser_->get());
  auto request = as_request(parser_->release(), from_, core_->options->proxies);
  if (!knocks)
    return ask(std::move(request), keep_alive && has_room_);
  if (!has_room_)
    return respond(no_room(), false, false);
  if (auto no = objection(request, *core_->options))
    return respond(std::move(*no), false, false);
  upgrade(std::move(request));
}

void http_connection::on_broken_request(error_code ec) {
  if (is_parse_error(ec))
    respond(text_response(status_of(ec), ec.message() + '\n'), false, false);
  else
    drop();
}

void http_connection::ask(http_request request, bool keep_alive) {
  start_timer(core_->options->idle_timeout); // whoever answers is given so long
  const bool without_body = request.method == "HEAD";
  core_->handler->on_request(
      std::move(request), [self = shared_from_this(), without_body, keep_alive](http_response x) {
        asio::dispatch(self->wire_->get_executor(), [self, without_body, keep_alive, x = std::move(x)]() mutable {
          self->respond(std::move(x), without_body, keep_alive);
        });
      });
}

void http_connection::upgrade(http_request request) {
  timer_.cancel();
  const auto rest = buffer_.data();
  wire_->unread({static_cast<const char*>(rest.data()), rest.size()});
  core_->handler->on_upgrade(server_session::make(std::move(wire_), std::move(request), core_->options));
}

void http_connection::respond(http_response response, bool without_body, bool keep_alive) {
  keep_alive_ = keep_alive && core_->handler != nullptr;
  responding_ = true;
  start_timer(core_->options->idle_timeout);
  wire_->send(write_response(std::move(response), {core_->options->server_name, keep_alive_, without_body}));
  if (wire_->queued_bytes() == 0)
    after_response();
}

void http_connection::on_write_drained() {
  if (responding_)
    after_response();
}

void http_connection::on_write_failed() { drop(); }

void http_connection::after_response() {
  responding_ = false;
  if (keep_alive_)
    return read_request();
  start_timer(core_->options->close_timeout);
  wire_->finish(completion{[self = shared_from_this()](error_code, std::size_t) { self->drop(); }});
}

void http_connection::start_timer(std::chrono::milliseconds wait) {
  timer_.expires_after(wait);
  timer_.async_wait([weak = weak_from_this()](error_code ec) {
    if (const auto self = ec ? nullptr : weak.lock(); self && self->timer_.expiry() <= std::chrono::steady_clock::now())
      self->drop();
  });
}

} // namespace towncrier::ws
