#include "nodes/admin/audit_log.hpp"

#include "codec/json.hpp"
#include "model/wall_clock.hpp"

#include <spdlog/spdlog.h>

namespace towncrier::node {

audit_log::audit_log(const std::string& path) {
  if (!path.empty())
    file_.open(path, std::ios::app);
  if (!path.empty() && !file_)
    spdlog::error("the audit log {} cannot be written", path);
}

void audit_log::note(const std::string& who, const std::string& from, const model::value& act,
                     const model::value& result) {
  std::string line;
  codec::append_json_object(
      line, {{"timestamp", model::wall_clock()}, {"who", who}, {"from", from}, {"act", act}, {"result", result}});
  spdlog::warn("audit: {}", line);
  const std::lock_guard guard{mutex_};
  if (file_.is_open())
    file_ << line << std::endl; // at once: it must outlive us
}

} // namespace towncrier::node
