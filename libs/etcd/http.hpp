#pragma once

#include "model/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace towncrier::etcd {

/// PEM files; each may be empty.
struct tls_files {
  /// Whom to trust; empty: whom the system trusts.
  std::string ca;
  std::string certificate;
  std::string key;
};

struct http_request {
  /// `http://host:port` or `https://host:port`
  std::string url;
  std::string path;
  std::string body;
  /// What `Authorization` says; empty: nothing.
  std::string token;
};

struct http_reply {
  unsigned status = 0;
  std::string body;
};

/// Posts JSON over HTTP, a connection a request, on a thread of its own, where everything is called back.
class http {
public:
  /// Reads the files. The error names the one that cannot be used.
  static model::result<std::unique_ptr<http>> make(const tls_files& files);

  /// Ends the thread; nothing is called back any more.
  ~http();

  http(const http&) = delete;
  http& operator=(const http&) = delete;

  /// Runs `task` on the thread.
  void run(std::function<void()> task);

  /// Asks, and gives the whole answer or why there is none within `timeout`.
  void post(http_request x, std::chrono::milliseconds timeout, std::function<void(model::result<http_reply>)> done);

  /// Asks for an answer that does not end, and gives it line by line; an answer that is no success is one line.
  /// `timeout` is for its beginning. `ended` comes last, unless the handle that this gives is dropped before: then
  /// nothing is called any more. To be called, and the handle to be dropped, on the thread.
  std::shared_ptr<void> stream(http_request x, std::chrono::milliseconds timeout,
                               std::function<void(std::string line)> line, std::function<void(std::string why)> ended);

  struct impl;

private:
  explicit http(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace towncrier::etcd
