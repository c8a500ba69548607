#pragma once

#include "model/result.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace towncrier::commands {

/// A small certificate authority in a folder: `ca.pem` and `ca.key`, and what it has signed. Keys are EC P-256, and
/// only their owner can read them.
class certificate_maker {
public:
  /// Reads the authority of `folder`, or makes one there where there is none. `days` is how long what is made lasts.
  /// The error names the file and what is wrong.
  static model::result<certificate_maker> open(const std::filesystem::path& folder, int days);

  ~certificate_maker();
  certificate_maker(certificate_maker&&) noexcept;
  certificate_maker& operator=(certificate_maker&&) = delete;

  /// Whether `open` made the authority.
  bool is_new() const noexcept;

  /// Makes `NAME.pem` and `NAME.key` for both ends of a connection, for `localhost`, 127.0.0.1, ::1, the name, and
  /// `hosts` (names or addresses). An old pair of that name is replaced.
  model::result<bool> make(const std::string& name, const std::vector<std::string>& hosts);

private:
  struct state;
  explicit certificate_maker(std::unique_ptr<state> x);

  std::unique_ptr<state> state_;
};

} // namespace towncrier::commands
