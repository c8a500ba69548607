#pragma once

#include "etcd/http.hpp"
#include "etcd/store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace towncrier::etcd {

struct client_options {
  /// `http://host:port` or `https://host:port`, at least one; each is tried before a request fails.
  std::vector<std::string> endpoints;
  /// Empty: etcd does not ask.
  std::string user;
  std::string password;
  tls_files tls;
  /// How long one member may take to answer.
  std::chrono::milliseconds timeout{1'000};
};

/// etcd over its JSON gateway (paths under /v3/, etcd 3.4 and newer). All requests go to one member until that fails;
/// then the watch at it has ended as well, and the next member is tried.
class client final : public store {
public:
  /// Reads the certificates; etcd itself need not be there. The error names the file that cannot be used.
  static model::result<std::unique_ptr<client>> make(client_options x);

  /// Ends the thread: nothing is called back any more.
  ~client() override;

  void grant(std::chrono::seconds ttl, answer<std::uint64_t> done) override;
  void keep_alive(std::uint64_t lease, answer<bool> done) override;
  void revoke(std::uint64_t lease, answer<bool> done) override;
  void put(put_request what, answer<put_result> done) override;
  void read(std::string prefix, answer<snapshot> done) override;
  void watch(std::string prefix, std::uint64_t from, std::function<void(std::vector<change>)> changed,
             std::function<void(std::string)> ended) override;

private:
  struct state;
  explicit client(std::unique_ptr<state> x);

  std::unique_ptr<state> state_;
};

} // namespace towncrier::etcd
