#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace towncrier::commands {

/// `[=======>            ]  37%  12,345 messages  5,400/s`
std::string progress_line(double part, std::size_t messages, std::chrono::duration<double> elapsed);

/// A line on stderr that is written over again and again, when that is a terminal.
class status_line {
public:
  status_line();
  ~status_line() { clear(); }

  void show(std::string_view text);

  /// Takes the line away, for good.
  void clear();

  bool shown() const noexcept { return shown_; }

  status_line(const status_line&) = delete;
  status_line& operator=(const status_line&) = delete;

private:
  bool shown_;
};

/// Shows a progress line a few times a second.
class progress_display {
public:
  void update(double part, std::size_t messages);

private:
  using clock = std::chrono::steady_clock;

  status_line line_;
  clock::time_point start_ = clock::now();
  clock::time_point last_;
};

} // namespace towncrier::commands
