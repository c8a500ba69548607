#include "ws/tls_context.hpp"

#include "ws/pass_phrase.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
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

/// Why a key cannot be used, which OpenSSL does not say in words that help.
model::failure key_failure(const std::string& key_file, const std::string& passphrase_file, const pass_phrase& phrase) {
  if (!phrase.was_asked())
    return openssl_failure("cannot use the key in '" + key_file + "'");
  if (!phrase.is_known())
    return openssl_failure("the key in '" + key_file +
                           "' is encrypted, and nobody is asked for its pass phrase: name the file that holds it "
                           "(key_passphrase_file), or give a key that is not encrypted");
  return openssl_failure("the pass phrase in '" + passphrase_file + "' does not open the key in '" + key_file + "'");
}

model::result<context_ptr> make_context(const std::string& certificate_file, const std::string& key_file,
                                        const std::string& passphrase_file) {
  auto phrase = pass_phrase::read(passphrase_file);
  if (!phrase)
    return model::failure{phrase.error()};
  ERR_clear_error();
  context_ptr x{SSL_CTX_new(TLS_server_method())};
  if (!x)
    return openssl_failure("cannot set up TLS");
  SSL_CTX_set_min_proto_version(x.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(x.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_default_passwd_cb(x.get(), pass_phrase::answer);
  SSL_CTX_set_default_passwd_cb_userdata(x.get(), &*phrase);
  if (SSL_CTX_use_certificate_chain_file(x.get(), certificate_file.c_str()) != 1)
    return openssl_failure("cannot use the certificate in '" + certificate_file + "'");
  if (SSL_CTX_use_PrivateKey_file(x.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return key_failure(key_file, passphrase_file, *phrase);
  SSL_CTX_set_default_passwd_cb_userdata(x.get(), nullptr);
  SSL_CTX_set_default_passwd_cb(x.get(), nullptr);
  if (SSL_CTX_check_private_key(x.get()) != 1)
    return openssl_failure("the key in '" + key_file + "' is not that of the certificate in '" + certificate_file +
                           "'");
  return x;
}

} // namespace

struct tls_context::state {
  std::string certificate_file;
  std::string key_file;
  std::string passphrase_file;
  mutable std::mutex mutex;
  context_ptr context;
};

tls_context::tls_context() : state_(std::make_unique<state>()) {}

tls_context::~tls_context() = default;

model::result<std::shared_ptr<tls_context>> tls_context::load(std::string certificate_file, std::string key_file,
                                                              std::string passphrase_file) {
  std::shared_ptr<tls_context> x{new tls_context};
  x->state_->certificate_file = std::move(certificate_file);
  x->state_->key_file = std::move(key_file);
  x->state_->passphrase_file = std::move(passphrase_file);
  if (const auto loaded = x->reload(); !loaded)
    return model::failure{loaded.error()};
  return x;
}

model::result<bool> tls_context::reload() {
  auto fresh = make_context(state_->certificate_file, state_->key_file, state_->passphrase_file);
  if (!fresh)
    return model::failure{fresh.error()};
  const std::lock_guard guard{state_->mutex};
  state_->context = std::move(*fresh);
  return true;
}

double tls_context::ends_at() const {
  const std::lock_guard guard{state_->mutex};
  const auto* certificate = SSL_CTX_get0_certificate(state_->context.get());
  std::tm end{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1)
    return 0;
  return static_cast<double>(timegm(&end));
}

ssl_st* tls_context::new_connection() const {
  const std::lock_guard guard{state_->mutex};
  auto* connection = SSL_new(state_->context.get());
  if (connection != nullptr)
    SSL_set_accept_state(connection);
  return connection;
}

} // namespace towncrier::ws
