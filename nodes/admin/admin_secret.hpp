#pragma once

#include "model/result.hpp"

#include <mutex>
#include <string>

namespace towncrier::node {

/// The secret of `admin.token_file`, the first line of a file. From any thread.
class admin_secret {
public:
  /// Reads `file`. One that cannot be read, or begins with an empty line, lets nobody in, and is told in the log.
  explicit admin_secret(std::string file);

  /// Reads the file again; keeps what it had when it cannot be read.
  void reload();

  /// Whether it is `text`; takes as long whether it is or not.
  bool is(const std::string& text) const;

private:
  std::string file_;
  mutable std::mutex mutex_;
  std::string text_;
};

} // namespace towncrier::node
