#pragma once

#include "etcd/store.hpp"

#include <string_view>

/// Requests and answers of etcd's JSON gateway: 64-bit numbers are strings, keys and values are base64, what is 0 or
/// empty is left out. Reading is total.
namespace towncrier::etcd {

/// A path of the gateway and what is posted to it.
struct call {
  std::string path;
  std::string body;
};

call grant_call(std::chrono::seconds ttl);
call keep_alive_call(std::uint64_t lease);
call revoke_call(std::uint64_t lease);
call put_call(const put_request& x);
call read_call(std::string_view prefix);
call watch_call(std::string_view prefix, std::uint64_t from);
call authenticate_call(std::string_view user, std::string_view password);

/// The number of the lease.
model::result<std::uint64_t> parse_grant(std::string_view body);
/// Whether the lease is still there.
model::result<bool> parse_keep_alive(std::string_view body);
model::result<put_result> parse_put(std::string_view body);
model::result<snapshot> parse_read(std::string_view body);
/// What one line of a watch says; an error when it says that the watch has ended.
model::result<std::vector<change>> parse_watch(std::string_view line);
/// The token.
model::result<std::string> parse_authenticate(std::string_view body);

/// What an answer that is no success says; `otherwise` when it says nothing that can be read.
struct refusal {
  std::string message;
  /// The number of the gRPC status.
  std::uint64_t code = 0;
};
refusal parse_refusal(std::string_view body, std::string otherwise);

} // namespace towncrier::etcd
