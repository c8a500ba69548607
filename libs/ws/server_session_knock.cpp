#include "ws/deflate_offer.hpp"
#include "ws/http_writer.hpp"
#include "ws/server_session.hpp"

#include <atomic>
#include <utility>

namespace towncrier::ws {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

constexpr std::uint16_t abnormal = 1006;

std::atomic<std::size_t> sessions{0};

boost::beast::http::request<boost::beast::http::empty_body> handshake_of(const http_request& request) {
  beast::http::request<beast::http::empty_body> x{beast::http::verb::get, request.target, 11};
  for (const auto& [name, value] : request.fields)
    x.insert(name, value);
  return x;
}

/// Every `Sec-WebSocket-Extensions` of a request, joined.
std::string offered_extensions(const http_request& request) {
  std::string all;
  for (const auto& [name, value] : request.fields)
    if (beast::iequals(beast::string_view{name.data(), name.size()}, "Sec-WebSocket-Extensions"))
      all += (all.empty() ? "" : ", ") + value;
  return all;
}

} // namespace

std::size_t session::count() noexcept { return sessions.load(std::memory_order_relaxed); }

server_session::server_session(std::unique_ptr<wire> line, http_request request,
                               std::shared_ptr<const server_options> options)
    : wire_(std::move(line)), options_(std::move(options)),
      request_(std::make_unique<http_request>(std::move(request))), peer_(request_->peer),
      reader_(options_->max_message_bytes), last_heard_(std::chrono::steady_clock::now()) {
  sessions.fetch_add(1, std::memory_order_relaxed);
}

server_session::~server_session() { sessions.fetch_sub(1, std::memory_order_relaxed); }

std::shared_ptr<session> server_session::make(std::unique_ptr<wire> line, http_request request,
                                              std::shared_ptr<const server_options> options) {
  std::shared_ptr<server_session> x{new server_session{std::move(line), std::move(request), std::move(options)}};
  x->wire_->attach(*x, x->weak_from_this());
  x->start_timer(x->options_->handshake_timeout);
  return x;
}

void server_session::accept(std::shared_ptr<session_handler> handler, std::string_view subprotocol) {
  if (phase_ != phase::knocking) {
    asio::post(wire_->get_executor(),
               [h = std::move(handler)] { h->on_closed(abnormal, "gone before it was let in"); });
    return;
  }
  handler_ = std::move(handler);
  phase_ = phase::accepting;
  stream_ = std::make_unique<ws_stream>(*wire_);
  configure(std::string{subprotocol});
  stream_->async_accept(handshake_of(*request_), [self = shared_from_this()](error_code ec) { self->on_accepted(ec); });
}

void server_session::configure(std::string subprotocol) {
  const auto deflate = options_->compression ? agree_on_deflate(offered_extensions(*request_)) : std::nullopt;
  window_bits_ = deflate ? deflate->server_window_bits : 0;
  stream_->set_option(websocket::stream_base::decorator(
      [this, protocol = std::move(subprotocol), extensions = deflate ? deflate->answer : ""](auto& response) {
        response.set(beast::http::field::server, options_->server_name);
        if (!protocol.empty())
          response.set(beast::http::field::sec_websocket_protocol, protocol);
        if (!extensions.empty())
          response.set(beast::http::field::sec_websocket_extensions, extensions);
      }));
}

void server_session::on_accepted(error_code ec) {
  if (phase_ == phase::ended)
    return;
  if (ec)
    return end(abnormal, ec.message());
  request_.reset();
  timer_.reset();
  stream_.reset();
  if (window_bits_ != 0)
    wire_->inflate_messages();
  phase_ = phase::open;
  last_heard_ = std::chrono::steady_clock::now();
  handler_->on_open(window_bits_);
  if (close_code_ != 0 && phase_ == phase::open)
    start_close();
  read_soon();
}

void server_session::refuse(unsigned status, std::string_view body, std::chrono::seconds retry_after) {
  if (phase_ != phase::knocking)
    return;
  phase_ = phase::closing;
  auto response = text_response(status, body);
  if (retry_after.count() > 0)
    response.fields.push_back({"Retry-After", std::to_string(retry_after.count())});
  wire_->send(write_response(std::move(response), {.server_name = options_->server_name}));
  start_timer(options_->close_timeout);
  wire_->finish(completion{[self = shared_from_this()](error_code, std::size_t) { self->end(abnormal, "refused"); }});
}

} // namespace towncrier::ws
