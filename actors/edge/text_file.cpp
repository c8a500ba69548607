#include "actors/edge/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace towncrier::edge {

namespace {

struct closer {
  void operator()(std::FILE* x) const { std::fclose(x); }
};

model::failure unreadable(const std::string& path) { return {path + " cannot be read: " + std::strerror(errno)}; }

} // namespace

model::result<std::string> read_text_file(const std::string& path) {
  const std::unique_ptr<std::FILE, closer> file{std::fopen(path.c_str(), "rb")};
  if (!file)
    return unreadable(path);
  std::string text;
  std::array<char, 4096> part;
  while (const auto size = std::fread(part.data(), 1, part.size(), file.get()))
    text.append(part.data(), size);
  // A folder can be opened, but not read.
  if (std::ferror(file.get()) != 0)
    return unreadable(path);
  return text;
}

} // namespace towncrier::edge
