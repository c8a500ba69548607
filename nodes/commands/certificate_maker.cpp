#include "nodes/commands/certificate_maker.hpp"

#include "ws/pass_phrase.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace towncrier::commands {

namespace {

template <auto Free>
struct freeing {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freeing<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freeing<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freeing<X509_EXTENSION_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freeing<BN_free>>;

std::string reason() {
  const auto code = ERR_get_error();
  const char* text = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return text != nullptr ? text : "OpenSSL gives no reason";
}

model::failure file_failure(const std::filesystem::path& path, std::string_view what) {
  return {fmt::format("{}: cannot be {} ({})", path.string(), what, std::strerror(errno))};
}

/// Writes a new file with `mode` from the start, and puts it in the place of an old one.
std::optional<model::failure> write(const std::filesystem::path& path, mode_t mode, std::string_view text) {
  const auto made = path.string() + ".new";
  ::unlink(made.c_str());
  const int file = ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0)
    return file_failure(path, "written");
  const bool whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool closed = ::close(file) == 0;
  if (!whole || !closed || ::rename(made.c_str(), path.c_str()) != 0)
    return file_failure(path, "written");
  return std::nullopt;
}

std::string text_of(BIO* x) {
  char* data = nullptr;
  // The macro for this casts as C does.
  const auto size = BIO_ctrl(x, BIO_CTRL_INFO, 0, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::optional<model::failure> write_pair(const std::filesystem::path& stem, X509* certificate, EVP_PKEY* key) {
  const bio_ptr certificate_text{BIO_new(BIO_s_mem())};
  const bio_ptr key_text{BIO_new(BIO_s_mem())};
  if (PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return model::failure{reason()};
  if (auto failure = write(stem.string() + ".key", 0600, text_of(key_text.get())))
    return failure;
  return write(stem.string() + ".pem", 0644, text_of(certificate_text.get()));
}

bool add_extension(X509* to, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  const extension_ptr made{X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str())};
  return made && X509_add_ext(to, made.get(), -1) == 1;
}

/// What every certificate here has: a random number, a name, its key, and how long it lasts.
certificate_ptr begin(const std::string& name, EVP_PKEY* key, int days) {
  certificate_ptr x{X509_new()};
  const number_ptr number{BN_new()};
  auto* subject = X509_get_subject_name(x.get());
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  constexpr long day = 24L * 3600; // before now as well: clocks differ
  const bool made =
      X509_set_version(x.get(), 2) == 1 && BN_rand(number.get(), 127, 0, 0) == 1 &&
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x.get())) != nullptr &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, static_cast<int>(name.size()), -1, 0) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(x.get()), -day) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(x.get()), days * day) != nullptr && X509_set_pubkey(x.get(), key) == 1;
  return made ? std::move(x) : nullptr;
}

bool is_ip(const std::string& x) {
  in6_addr space{};
  return ::inet_pton(AF_INET, x.c_str(), &space) == 1 || ::inet_pton(AF_INET6, x.c_str(), &space) == 1;
}

std::string alternative_names(const std::string& name, const std::vector<std::string>& hosts) {
  auto result = "DNS:localhost,IP:127.0.0.1,IP:::1,DNS:" + name;
  for (const auto& host : hosts)
    result += (is_ip(host) ? ",IP:" : ",DNS:") + host;
  return result;
}

template <class T, class Read>
T read_pem(const std::filesystem::path& path, Read read, bool& encrypted) {
  const bio_ptr file{BIO_new_file(path.c_str(), "r")};
  ws::pass_phrase none;
  auto* x = file ? read(file.get(), nullptr, ws::pass_phrase::answer, &none) : nullptr;
  encrypted = none.was_asked();
  return T{x};
}

} // namespace

struct certificate_maker::state {
  std::filesystem::path folder;
  int days = 0;
  key_ptr key;
  certificate_ptr certificate;
  bool is_new = false;

  std::optional<model::failure> read() {
    bool encrypted = false;
    certificate = read_pem<certificate_ptr>(folder / "ca.pem", PEM_read_bio_X509, encrypted);
    if (!certificate)
      return model::failure{(folder / "ca.pem").string() + " holds no certificate that can be read: " + reason()};
    key = read_pem<key_ptr>(folder / "ca.key", PEM_read_bio_PrivateKey, encrypted);
    if (!key && encrypted)
      return model::failure{(folder / "ca.key").string() +
                            " is encrypted, and nobody is asked for its pass phrase: give "
                            "a key that is not ('openssl pkey -in ca.key -out plain.key' makes one)"};
    if (!key)
      return model::failure{(folder / "ca.key").string() + " holds no key that can be read: " + reason()};
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
      return model::failure{(folder / "ca.key").string() + " is not the key of ca.pem"};
    return std::nullopt;
  }

  std::optional<model::failure> make_authority() {
    is_new = true;
    key = key_ptr{EVP_EC_gen("P-256")};
    certificate = key ? begin("Towncrier test CA", key.get(), days) : nullptr;
    auto* x = certificate.get();
    const bool made = x != nullptr && X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
                      add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                      add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                      add_extension(x, x, NID_subject_key_identifier, "hash") &&
                      X509_sign(x, key.get(), EVP_sha256()) > 0;
    return made ? write_pair(folder / "ca", x, key.get()) : model::failure{"the CA could not be made: " + reason()};
  }
};

certificate_maker::certificate_maker(std::unique_ptr<state> x) : state_(std::move(x)) {}
certificate_maker::~certificate_maker() = default;
certificate_maker::certificate_maker(certificate_maker&&) noexcept = default;

model::result<certificate_maker> certificate_maker::open(const std::filesystem::path& folder, int days) {
  auto made = std::make_unique<state>();
  made->folder = folder;
  made->days = days;
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (!std::filesystem::is_directory(folder))
    return model::failure{fmt::format("{}: the folder cannot be made ({})", folder.string(), ec.message())};
  const bool there = std::filesystem::exists(folder / "ca.pem") || std::filesystem::exists(folder / "ca.key");
  if (auto failure = there ? made->read() : made->make_authority())
    return std::move(*failure);
  return certificate_maker{std::move(made)};
}

bool certificate_maker::is_new() const noexcept { return state_->is_new; }

model::result<bool> certificate_maker::make(const std::string& name, const std::vector<std::string>& hosts) {
  const key_ptr key{EVP_EC_gen("P-256")};
  const auto certificate = key ? begin(name, key.get(), state_->days) : nullptr;
  auto* x = certificate.get();
  auto* issuer = state_->certificate.get();
  const bool made = x != nullptr && X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
                    add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(x, issuer, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(x, issuer, NID_ext_key_usage, "serverAuth,clientAuth") &&
                    add_extension(x, issuer, NID_subject_key_identifier, "hash") &&
                    add_extension(x, issuer, NID_authority_key_identifier, "keyid") &&
                    add_extension(x, issuer, NID_subject_alt_name, alternative_names(name, hosts)) &&
                    X509_sign(x, state_->key.get(), EVP_sha256()) > 0;
  if (!made)
    return model::failure{fmt::format("the certificate of '{}' could not be made: {}", name, reason())};
  if (auto failure = write_pair(state_->folder / name, x, key.get()))
    return std::move(*failure);
  return true;
}

} // namespace towncrier::commands
