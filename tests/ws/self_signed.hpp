#pragma once

#include <string>

namespace towncrier::ws::test {

/// A fresh key and a certificate for `localhost` and 127.0.0.1 that it signed itself, as PEM files that go with this.
class self_signed {
public:
  self_signed();
  ~self_signed();
  self_signed(const self_signed&) = delete;
  self_signed& operator=(const self_signed&) = delete;

  const std::string& certificate_file() const { return certificate_file_; }
  const std::string& key_file() const { return key_file_; }

  /// Writes another key and certificate into the same files.
  void renew();

private:
  std::string directory_;
  std::string certificate_file_;
  std::string key_file_;
};

} // namespace towncrier::ws::test
