#pragma once

#include "model/result.hpp"

#include <string>

namespace towncrier::ws {

/// Has OpenSSL, whoever calls it in this process, fail where it would ask for a pass phrase on the terminal: nobody
/// sits there, and a node must not wait for him.
void never_ask_for_pass_phrases();

/// What OpenSSL is answered when it asks for the pass phrase of a key: what a file holds, or that there is none.
class pass_phrase {
public:
  /// There is none.
  pass_phrase() = default;

  /// The first line of `file`; an empty name: there is none. The error names the file.
  static model::result<pass_phrase> read(const std::string& file);

  /// Whether OpenSSL asked, that is, whether the key is encrypted.
  bool was_asked() const noexcept { return asked_; }
  bool is_known() const noexcept { return known_; }
  const std::string& text() const noexcept { return text_; }

  /// OpenSSL's `pem_password_cb`; `self` is a pass_phrase.
  static int answer(char* into, int size, int for_writing, void* self) noexcept;

private:
  std::string text_;
  bool known_ = false;
  bool asked_ = false;
};

} // namespace towncrier::ws
