#include "self_signed.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace towncrier::ws::test {

namespace {

struct deleter {
  void operator()(EVP_PKEY* x) const noexcept { EVP_PKEY_free(x); }
  void operator()(X509* x) const noexcept { X509_free(x); }
  void operator()(X509_EXTENSION* x) const noexcept { X509_EXTENSION_free(x); }
  void operator()(std::FILE* x) const noexcept { std::fclose(x); }
};
template <class T>
using owned = std::unique_ptr<T, deleter>;

const unsigned char* bytes(const char* text) { return reinterpret_cast<const unsigned char*>(text); }

void add_names(X509* certificate) {
  auto* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, bytes("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  const owned<X509_EXTENSION> names{
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1")};
  X509_add_ext(certificate, names.get(), -1);
}

owned<X509> make_certificate(EVP_PKEY* key) {
  owned<X509> x{X509_new()};
  X509_set_version(x.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(x.get()), 3600);
  X509_set_pubkey(x.get(), key);
  add_names(x.get());
  X509_sign(x.get(), key, EVP_sha256());
  return x;
}

} // namespace

self_signed::self_signed() {
  auto pattern = (std::filesystem::temp_directory_path() / "towncrier-tls-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    ADD_FAILURE() << "cannot make a directory like " << pattern;
  directory_ = pattern;
  certificate_file_ = directory_ + "/certificate.pem";
  key_file_ = directory_ + "/key.pem";
  renew();
}

self_signed::~self_signed() { std::filesystem::remove_all(directory_); }

void self_signed::renew() {
  const owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
  const auto certificate = make_certificate(key.get());
  const owned<std::FILE> certificate_out{std::fopen(certificate_file_.c_str(), "w")};
  const owned<std::FILE> key_out{std::fopen(key_file_.c_str(), "w")};
  PEM_write_X509(certificate_out.get(), certificate.get());
  PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

} // namespace towncrier::ws::test
