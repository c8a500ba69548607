#include "ws/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <mutex>
#include <utility>

namespace towncrier::ws {

namespace {

struct free_context {
  void operator()(SSL_CTX* x) const noexcept { SSL_CTX_free(x); }
};
using context_ptr = std::unique_ptr<SSL_CTX, free_context>;

model::failure openssl_failure(std::string what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return {std::move(what) + ": " + text.data()};
}

model::result<context_ptr> make_context(const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  context_ptr x{SSL_CTX_new(TLS_server_method())};
  if (!x)
    return openssl_failure("cannot set up TLS");
  SSL_CTX_set_min_proto_version(x.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(x.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (SSL_CTX_use_certificate_chain_file(x.get(), certificate_file.c_str()) != 1)
    return openssl_failure("cannot use the certificate in '" + certificate_file + "'");
  if (SSL_CTX_use_PrivateKey_file(x.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return openssl_failure("cannot use the key in '" + key_file + "'");
  if (SSL_CTX_check_private_key(x.get()) != 1)
    return openssl_failure("the key in '" + key_file + "' is not that of the certificate in '" + certificate_file +
                           "'");
  return x;
}

} // namespace

struct tls_context::state {
  std::string certificate_file;
  std::string key_file;
  mutable std::mutex mutex;
  context_ptr context;
};

tls_context::tls_context(std::string certificate_file, std::string key_file) : state_(std::make_unique<state>()) {
  state_->certificate_file = std::move(certificate_file);
  state_->key_file = std::move(key_file);
}

tls_context::~tls_context() = default;

model::result<std::shared_ptr<tls_context>> tls_context::load(std::string certificate_file, std::string key_file) {
  std::shared_ptr<tls_context> x{new tls_context{std::move(certificate_file), std::move(key_file)}};
  if (const auto loaded = x->reload(); !loaded)
    return model::failure{loaded.error()};
  return x;
}

model::result<bool> tls_context::reload() {
  auto fresh = make_context(state_->certificate_file, state_->key_file);
  if (!fresh)
    return model::failure{fresh.error()};
  const std::lock_guard guard{state_->mutex};
  state_->context = std::move(*fresh);
  return true;
}

ssl_st* tls_context::new_connection() const {
  const std::lock_guard guard{state_->mutex};
  auto* connection = SSL_new(state_->context.get());
  if (connection != nullptr)
    SSL_set_accept_state(connection);
  return connection;
}

} // namespace towncrier::ws
