#include "nodes/load/server_process.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace towncrier::load {

std::uint64_t cpu_time(pid_t process) {
  std::uint64_t sum = 0;
  std::error_code ec;
  for (const auto& thread : std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/task", ec}) {
    std::uint64_t run = 0;
    if (std::ifstream{thread.path() / "schedstat"} >> run)
      sum += run;
  }
  return sum;
}

std::uint64_t own_memory(pid_t process) {
  std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
  for (std::string key; status >> key;) {
    std::uint64_t kib = 0;
    if (key == "RssAnon:" && status >> kib)
      return kib * 1024;
    status.ignore(4096, '\n');
  }
  return 0;
}

} // namespace towncrier::load
