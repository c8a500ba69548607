#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <jwt.h>
#include <string>
#include <vector>

namespace towncrier::edge {

/// A pair of keys as PEM.
struct key_pair {
  std::string secret;
  std::string shared;
};

/// Takes over `key`.
inline key_pair as_pem(EVP_PKEY* key) {
  const auto text_of = [](BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
  };
  BIO* secret = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  BIO* shared = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(shared, key);
  EVP_PKEY_free(key);
  return {text_of(secret), text_of(shared)};
}

inline key_pair make_rsa(unsigned int bits = 2048) { return as_pem(EVP_RSA_gen(bits)); }
inline key_pair make_ec(const char* curve = "P-256") { return as_pem(EVP_EC_gen(curve)); }

/// A token that carries `claims`, a JSON object.
inline std::string make_jwt(jwt_alg_t algorithm, const std::string& key, const std::string& claims,
                            const std::string& headers = "{}") {
  jwt_t* jwt = nullptr;
  jwt_new(&jwt);
  jwt_add_grants_json(jwt, claims.c_str());
  jwt_add_headers_json(jwt, headers.c_str());
  std::vector<unsigned char> bytes(key.begin(), key.end());
  jwt_set_alg(jwt, algorithm, bytes.empty() ? nullptr : bytes.data(), static_cast<int>(bytes.size()));
  char* text = jwt_encode_str(jwt);
  std::string result = text == nullptr ? "" : text;
  std::free(text);
  jwt_free(jwt);
  return result;
}

} // namespace towncrier::edge
