#pragma once

#include "model/result.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace towncrier::ws {

/// A server's certificate and key, for TLS 1.2 and newer. May be shared by the listeners of several threads.
class tls_context {
public:
  /// Loads PEM files: the certificate with its chain, and its key, which `passphrase_file` opens where it is encrypted;
  /// nobody is ever asked for it. The error names the file and what is wrong.
  static model::result<std::shared_ptr<tls_context>> load(std::string certificate_file, std::string key_file,
                                                          std::string passphrase_file = {});

  ~tls_context();
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  /// Reads the files again, for the connections to come; those that stand keep what they have. Upon an error nothing
  /// changes. From any thread.
  model::result<bool> reload();

  /// When the certificate that is in use ends, in seconds since the Unix epoch. From any thread.
  double ends_at() const;

  /// The server's side of a new connection; the caller frees it. nullptr when memory is short. From any thread.
  ssl_st* new_connection() const;

private:
  tls_context();

  struct state;
  std::unique_ptr<state> state_;
};

} // namespace towncrier::ws
