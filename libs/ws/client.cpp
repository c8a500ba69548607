#include "ws/client.hpp"

#include "ws/client_link.hpp"
#include "ws/stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <deque>
#include <optional>
#include <utility>

namespace towncrier::ws {

namespace websocket = boost::beast::websocket;
namespace http = boost::beast::http;

namespace {

/// Messages that are taken off the wire ahead of `receive`.
constexpr std::size_t max_ahead = 1024;

/// The longest reason that a close frame has room for, in bytes (RFC 6455, 5.5).
constexpr std::size_t max_reason = 123;

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& x : names)
    all.append(all.empty() ? "" : ", ").append(x);
  return all;
}

std::string view_text(boost::beast::string_view x) { return {x.data(), x.size()}; }

std::string declined(const websocket::response_type& answer) {
  return "the server answered " + std::to_string(answer.result_int()) + ' ' + view_text(answer.reason()) + ": " +
         answer.body();
}

} // namespace

struct client::impl {
  using clock = client_link::clock;

  impl(std::unique_ptr<client_link> x, const client_options& o) : link(std::move(x)), options(o), stream(*link->line) {
    stream.read_message_max(options.max_message_bytes);
    websocket::permessage_deflate deflate;
    deflate.client_enable = options.compression;
    stream.set_option(deflate);
    stream.set_option(websocket::stream_base::decorator([this](websocket::request_type& request) { dress(request); }));
  }

  void dress(websocket::request_type& request) const {
    for (const auto& [name, value] : options.fields)
      request.insert(name, value);
    if (!options.subprotocols.empty())
      request.set(http::field::sec_websocket_protocol, joined(options.subprotocols));
  }

  /// Why the handshake failed; empty when it did not.
  std::string shake_hands(const url& to, clock::time_point deadline) {
    std::optional<error_code> outcome;
    websocket::response_type answer;
    stream.async_handshake(answer, to.authority(), to.target, [&outcome](error_code ec) { outcome = ec; });
    if (!link->run_until(deadline, [&] { return outcome.has_value(); })) {
      cut();
      link->run_until(clock::time_point::max(), [&] { return outcome.has_value(); });
      return "no answer to the upgrade in time";
    }
    if (*outcome == websocket::error::upgrade_declined)
      return declined(answer);
    if (*outcome)
      return link->describe(*outcome);
    subprotocol = view_text(answer[http::field::sec_websocket_protocol]);
    read();
    return {};
  }

  void read() {
    if (reading || closing || ended || inbox.size() >= max_ahead)
      return;
    reading = true;
    stream.async_read(buffer, [this](error_code ec, std::size_t) { on_read(ec); });
  }

  void on_read(error_code ec) {
    reading = false;
    if (ec)
      return closing ? void() : end(ec);
    inbox.push_back({stream.got_binary(), {static_cast<const char*>(buffer.data().data()), buffer.size()}});
    if (buffer.capacity() > 64 * 1024)
      buffer = {};
    buffer.clear();
    read();
  }

  void end(error_code ec) {
    if (ended)
      return;
    const auto& said = stream.reason();
    const bool orderly = ec == websocket::error::closed || !ec;
    const auto code = said.code == websocket::close_code::none ? std::uint16_t{1005} : said.code;
    ended = orderly ? client_closed{code, view_text({said.reason.data(), said.reason.size()})}
                    : client_closed{1006, ec.message()};
  }

  void cut() { link->line->close(false); }

  bool send(std::string_view bytes, bool binary) {
    if (ended)
      return false;
    std::optional<error_code> outcome;
    stream.binary(binary);
    stream.async_write(asio::buffer(bytes), [&outcome](error_code ec, std::size_t) { outcome = ec; });
    link->run_until(clock::time_point::max(), [&] { return outcome.has_value(); });
    return !*outcome;
  }

  bool ping() {
    if (ended)
      return false;
    std::optional<error_code> outcome;
    stream.async_ping({}, [&outcome](error_code ec) { outcome = ec; });
    link->run_until(clock::time_point::max(), [&] { return outcome.has_value(); });
    return !*outcome;
  }

  received receive(std::chrono::milliseconds timeout) {
    read();
    const auto come = [this] { return !inbox.empty() || ended.has_value(); };
    if (!link->run_until(clock::now() + timeout, come))
      return client_timeout{};
    if (inbox.empty())
      return *ended;
    auto next = std::move(inbox.front());
    inbox.pop_front();
    return next;
  }

  client_closed close(std::uint16_t code, std::string_view reason) {
    inbox.clear();
    if (!ended) {
      std::optional<error_code> outcome;
      closing = true;
      const auto text = reason.substr(0, max_reason);
      const websocket::close_reason why{static_cast<websocket::close_code>(code), {text.data(), text.size()}};
      stream.async_close(why, [&outcome](error_code ec) { outcome = ec; });
      if (!link->run_until(clock::now() + options.timeout, [&] { return outcome.has_value(); })) {
        cut();
        link->run_until(clock::time_point::max(), [&] { return outcome.has_value(); });
      }
      end(*outcome);
    }
    return *ended;
  }

  std::unique_ptr<client_link> link;
  client_options options;
  ws_stream stream;
  boost::beast::flat_buffer buffer;
  std::deque<message> inbox;
  std::optional<client_closed> ended;
  std::string subprotocol;
  bool reading = false;
  bool closing = false; ///< what a read says counts no more
};

client::client(std::unique_ptr<impl> x) : impl_(std::move(x)) {}

client::~client() { impl_->cut(); }

model::result<std::unique_ptr<client>> client::connect(std::string_view to, const client_options& options) {
  const auto deadline = impl::clock::now() + options.timeout;
  const auto where = parse_url(to);
  if (!where)
    return model::failure{where.error()};
  auto link = connect_link(*where, options, deadline);
  if (!link)
    return model::failure{link.error()};
  auto x = std::make_unique<impl>(std::move(*link), options);
  if (auto wrong = x->shake_hands(*where, deadline); !wrong.empty())
    return model::failure{where->authority() + ": " + wrong};
  return std::unique_ptr<client>{new client{std::move(x)}};
}

const std::string& client::subprotocol() const noexcept { return impl_->subprotocol; }

bool client::send_text(std::string_view text) { return impl_->send(text, false); }

bool client::send_binary(std::string_view bytes) { return impl_->send(bytes, true); }

bool client::ping() { return impl_->ping(); }

client::received client::receive(std::chrono::milliseconds timeout) { return impl_->receive(timeout); }

client_closed client::close(std::uint16_t code, std::string_view reason) { return impl_->close(code, reason); }

int client::native_handle() const noexcept { return impl_->link->line->descriptor(); }

} // namespace towncrier::ws
