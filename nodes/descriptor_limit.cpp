#include "nodes/descriptor_limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sys/resource.h>

namespace towncrier::node {

std::optional<std::string> raise_descriptor_limit(std::size_t clients) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return std::nullopt;
  const rlim_t needed = clients + reserved_descriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
      getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed)
    return std::nullopt;
  const auto room = limit.rlim_cur - std::min<rlim_t>(limit.rlim_cur, reserved_descriptors);
  return fmt::format(
      "this process may have {} file descriptors (its hard limit), which is enough for about {} clients; "
      "edge.max_connections is {}: raise the limit to {} (`ulimit -Hn`, or LimitNOFILE= in a systemd unit) "
      "or lower edge.max_connections",
      limit.rlim_cur, room, clients, needed);
}

} // namespace towncrier::node
