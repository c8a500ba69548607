#include "nodes/life_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace towncrier::node {

namespace {

/// Writes `text` to a new file that is on the disk when this comes back; gives the error number, 0: none.
int write_through(const std::string& path, const std::string& text) {
  const auto fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return errno;
  const auto written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const auto error = written ? 0 : errno;
  ::close(fd);
  return error;
}

} // namespace

model::result<std::uint64_t> life_file::read() const {
  std::ifstream file{path_};
  if (!file && errno == ENOENT)
    return std::uint64_t{0};
  std::string line;
  std::getline(file, line);
  std::uint64_t number = 0;
  const auto* end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data(), end, number);
  if (line.empty() || error != std::errc{} || rest != end)
    return model::failure{"node.life_file: cannot read the number of this node's last life from " + path_ +
                          "; remove the file if it is not what towncrier wrote there"};
  return number;
}

std::optional<model::failure> life_file::write(std::uint64_t number) const {
  const auto fresh = path_ + ".new";
  auto error = write_through(fresh, fmt::format("{}\n", number));
  if (error == 0 && std::rename(fresh.c_str(), path_.c_str()) != 0)
    error = errno;
  if (error == 0)
    return std::nullopt;
  return model::failure{"node.life_file: cannot write " + path_ + ": " + std::strerror(error)};
}

} // namespace towncrier::node
