#include "etcd/http.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <openssl/x509v3.h>

#include <fstream>
#include <iterator>
#include <thread>
#include <utility> // Asio 1.18 forgets it

namespace towncrier::etcd {

namespace {

/// Whether a PEM file holds an encrypted key: both of its forms (RFC 1421 headers, PKCS #8) say so in words.
bool is_encrypted(const std::string& key_file) {
  std::ifstream file{key_file};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return text.find("ENCRYPTED") != std::string::npos;
}

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::uint64_t max_answer_bytes = 64 * 1024 * 1024;

struct address {
  bool secure = false;
  std::string host; ///< without the brackets of an IPv6 address
  std::string port;
};

/// Precondition: an address that the options let through.
address address_of(std::string_view url) {
  address x;
  x.secure = url.starts_with("https://");
  url.remove_prefix(std::min(url.size(), url.find("//") + 2));
  if (url.ends_with('/'))
    url.remove_suffix(1);
  const auto colon = std::min(url.rfind(':'), url.size());
  x.port = url.substr(std::min(colon + 1, url.size()));
  auto host = url.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  x.host = host;
  return x;
}

/// What becomes of an answer: one of the two is set.
struct receiver {
  std::function<void(model::result<http_reply>)> whole;
  std::function<void(std::string)> line;
  std::function<void(std::string)> ended;
};

struct basic_exchange {
  virtual ~basic_exchange() = default;
  virtual void cancel() = 0;
};

/// One connection: one request and its answer. It lives for as long as something of it is under way.
template <class Stream>
class exchange final : public basic_exchange, public std::enable_shared_from_this<exchange<Stream>> {
  static constexpr bool secure = !std::is_same_v<Stream, beast::tcp_stream>;

public:
  template <class... Args>
  exchange(asio::io_context& io, const http_request& x, std::chrono::milliseconds timeout, receiver to, Args&... args)
      : address_(address_of(x.url)), timeout_(timeout), to_(std::move(to)), resolver_(io), stream_(io, args...) {
    request_.method(beast::http::verb::post);
    request_.target(x.path);
    request_.set(beast::http::field::host, address_.host + ':' + address_.port);
    request_.set(beast::http::field::content_type, "application/json");
    if (!x.token.empty())
      request_.set(beast::http::field::authorization, x.token);
    request_.body() = x.body;
    request_.prepare_payload();
    parser_.body_limit(to_.line ? boost::optional<std::uint64_t>{} : boost::optional<std::uint64_t>{max_answer_bytes});
  }

  void start() { resolver_.async_resolve(address_.host, address_.port, step(&exchange::connect)); }

  void cancel() override {
    to_ = {};
    resolver_.cancel();
    lowest().close();
  }

private:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  /// A handler that goes on with `next` unless there was an error.
  template <class... Args>
  auto step(void (exchange::*next)(Args...)) {
    return [me = this->shared_from_this(), next](error_code ec, Args... xs) {
      if (ec)
        me->fail(ec);
      else
        (me.get()->*next)(xs...);
    };
  }

  void connect(tcp::resolver::results_type where) {
    lowest().expires_after(timeout_);
    lowest().async_connect(where, step(&exchange::connected));
  }

  void connected(tcp::endpoint) {
    error_code ignored;
    lowest().socket().set_option(tcp::no_delay{true}, ignored);
    lowest().socket().set_option(asio::socket_base::keep_alive{true}, ignored);
    if constexpr (secure) {
      auto* ssl = stream_.native_handle();
      X509_VERIFY_PARAM* how = SSL_get0_param(ssl);
      if (X509_VERIFY_PARAM_set1_ip_asc(how, address_.host.c_str()) != 1) {
        // The macro for this casts as C does.
        SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, address_.host.data());
        SSL_set1_host(ssl, address_.host.c_str());
      }
      stream_.async_handshake(asio::ssl::stream_base::client, step(&exchange::ask));
    } else {
      ask();
    }
  }

  void ask() { beast::http::async_write(stream_, request_, step(&exchange::asked)); }

  void asked(std::size_t) {
    if (to_.line)
      beast::http::async_read_header(stream_, buffer_, parser_, step(&exchange::begun));
    else
      beast::http::async_read(stream_, buffer_, parser_, step(&exchange::answered));
  }

  void answered(std::size_t) {
    if (auto done = std::exchange(to_.whole, nullptr))
      done(http_reply{parser_.get().result_int(), std::move(parser_.get().body())});
    lowest().close();
  }

  void begun(std::size_t) {
    lowest().expires_never();
    go_on(0);
  }

  void go_on(std::size_t) {
    // A receiver may drop us while it is called.
    auto& body = parser_.get().body();
    for (auto end = body.find('\n'); end != body.npos && to_.line; end = body.find('\n')) {
      auto line = body.substr(0, end);
      body.erase(0, end + 1);
      if (!line.empty())
        (std::function{to_.line})(std::move(line));
    }
    if (parser_.is_done() && to_.line && !body.empty())
      (std::function{to_.line})(std::exchange(body, {}));
    if (!to_.line)
      return;
    if (parser_.is_done())
      return fail(beast::http::error::end_of_stream);
    beast::http::async_read_some(stream_, buffer_, parser_, step(&exchange::go_on));
  }

  void fail(error_code ec) {
    lowest().close();
    const auto to = std::exchange(to_, {});
    const auto why = address_.host + ':' + address_.port + ": " + ec.message();
    if (to.whole)
      to.whole(model::failure{why});
    if (to.ended)
      to.ended(why);
  }

  address address_;
  std::chrono::milliseconds timeout_;
  receiver to_;
  tcp::resolver resolver_;
  Stream stream_;
  beast::flat_buffer buffer_;
  beast::http::request<beast::http::string_body> request_;
  beast::http::response_parser<beast::http::string_body> parser_;
};

} // namespace

struct http::impl {
  std::shared_ptr<basic_exchange> start(const http_request& x, std::chrono::milliseconds timeout, receiver to) {
    if (address_of(x.url).secure)
      return begin(
          std::make_shared<exchange<beast::ssl_stream<beast::tcp_stream>>>(io, x, timeout, std::move(to), tls));
    return begin(std::make_shared<exchange<beast::tcp_stream>>(io, x, timeout, std::move(to)));
  }

  template <class T>
  static std::shared_ptr<basic_exchange> begin(std::shared_ptr<T> x) {
    x->start();
    return x;
  }

  asio::ssl::context tls{asio::ssl::context::tls_client};
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

http::http(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  impl_->thread = std::thread{[this] { impl_->io.run(); }};
}

http::~http() {
  // After what was to be run before.
  run([this] { impl_->io.stop(); });
  impl_->thread.join();
}

model::result<std::unique_ptr<http>> http::make(const tls_files& files) {
  auto x = std::make_unique<impl>();
  error_code ec;
  x->tls.set_verify_mode(asio::ssl::verify_peer);
  if (files.ca.empty())
    x->tls.set_default_verify_paths(ec);
  else if (x->tls.load_verify_file(files.ca, ec))
    return model::failure{files.ca + " holds no certificate that can be used: " + ec.message()};
  if (!files.certificate.empty()) {
    if (x->tls.use_certificate_chain_file(files.certificate, ec))
      return model::failure{files.certificate + " holds no certificate that can be used: " + ec.message()};
    // Otherwise OpenSSL asks for it on the terminal, and a node waits for whoever sits there.
    x->tls.set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string{}; });
    if (is_encrypted(files.key))
      return model::failure{files.key +
                            " is encrypted, and nobody is asked for its pass phrase: give a key that is not"};
    if (x->tls.use_private_key_file(files.key, asio::ssl::context::pem, ec))
      return model::failure{files.key + " is not the key of " + files.certificate + ": " + ec.message()};
  }
  return std::unique_ptr<http>{new http{std::move(x)}};
}

void http::run(std::function<void()> task) { asio::post(impl_->io, std::move(task)); }

void http::post(http_request x, std::chrono::milliseconds timeout,
                std::function<void(model::result<http_reply>)> done) {
  run([me = impl_.get(), x = std::move(x), timeout, done = std::move(done)]() mutable {
    me->start(x, timeout, {std::move(done), nullptr, nullptr});
  });
}

std::shared_ptr<void> http::stream(http_request x, std::chrono::milliseconds timeout,
                                   std::function<void(std::string)> line, std::function<void(std::string)> ended) {
  auto one = impl_->start(x, timeout, {nullptr, std::move(line), std::move(ended)});
  return {nullptr, [one](std::nullptr_t) { one->cancel(); }};
}

} // namespace towncrier::etcd
