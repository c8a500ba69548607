#include "nodes/admin/admin_secret.hpp"

#include "actors/edge/text_file.hpp"

#include <openssl/crypto.h>
#include <spdlog/spdlog.h>

namespace towncrier::node {

admin_secret::admin_secret(std::string file) : file_(std::move(file)) { reload(); }

void admin_secret::reload() {
  const auto text = edge::read_text_file(file_);
  auto line = text ? text->substr(0, text->find('\n')) : std::string{};
  if (line.ends_with('\r'))
    line.pop_back();
  if (line.empty())
    return spdlog::error("admin.token_file: {}: the secret that was known stays in force",
                         text ? file_ + " begins with an empty line" : text.error());
  const std::lock_guard guard{mutex_};
  text_ = std::move(line);
}

bool admin_secret::is(const std::string& text) const {
  const std::lock_guard guard{mutex_};
  return !text_.empty() && text.size() == text_.size() && CRYPTO_memcmp(text.data(), text_.data(), text.size()) == 0;
}

} // namespace towncrier::node
