#pragma once

#include "model/value.hpp"

#include <fstream>
#include <mutex>
#include <string>

namespace towncrier::node {

/// Who did what: a JSON line in a file for each act of an operator, and a line in the log. From any thread.
class audit_log {
public:
  /// Appends to the file at `path`; to none when that is empty.
  explicit audit_log(const std::string& path);

  void note(const std::string& who, const std::string& from, const model::value& act, const model::value& result);

private:
  std::mutex mutex_;
  std::ofstream file_;
};

} // namespace towncrier::node
