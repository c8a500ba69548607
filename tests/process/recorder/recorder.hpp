#pragma once

#include "options.hpp"
#include "viewer.hpp"

#include <memory>
#include <vector>

namespace recorder {

/// All viewers on one thread. Writes `frames.bin`, `journal.bin` and, at the end, `meta.json` to the folder.
class recorder {
public:
  /// Throws std::runtime_error when the folder cannot be written to.
  explicit recorder(options x);
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  /// Runs until it is told to finish.
  void run();

private:
  void add(std::uint32_t count);
  void tick(std::uint64_t now);
  void on_viewer(std::uint32_t index);
  void read_commands();
  void obey(const std::string& command);
  void report(std::uint64_t now);
  void finish();

  options asked_;
  frame_store frames_;
  journal log_;
  std::vector<std::string> edges_;
  shared_state shared_;
  std::vector<std::unique_ptr<viewer>> viewers_;
  int epoll_;
  std::string commands_;
  std::uint64_t next_report_ = 0;
  bool ends_ = false;
};

} // namespace recorder
