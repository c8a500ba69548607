#include "journal.hpp"

#include <chrono>
#include <cstring>
#include <stdexcept>

namespace recorder {

std::uint64_t now_us() {
  using namespace std::chrono;
  static const auto offset = system_clock::now().time_since_epoch() - steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      duration_cast<microseconds>(steady_clock::now().time_since_epoch() + offset).count());
}

journal::journal(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr)
    throw std::runtime_error{path + ": " + std::strerror(errno)};
}

journal::~journal() { std::fclose(file_); }

void journal::note(std::uint64_t time, std::uint32_t viewer, happening what, std::uint32_t value) {
  char record[24] = {};
  std::memcpy(record, &time, 8);
  std::memcpy(record + 8, &viewer, 4);
  std::memcpy(record + 12, &value, 4);
  record[16] = static_cast<char>(what);
  std::fwrite(record, sizeof record, 1, file_);
}

} // namespace recorder
