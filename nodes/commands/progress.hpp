#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace towncrier::commands {

/// `[=======>            ]  37%  12,345 messages  5,400/s`
std::string progress_line(double part, std::size_t messages, std::chrono::duration<double> elapsed);

/// Shows a progress line on stderr, when that is a terminal, a few times a second.
class progress_display {
public:
  progress_display();
  /// Takes the line away.
  ~progress_display();

  void update(double part, std::size_t messages);

  progress_display(const progress_display&) = delete;
  progress_display& operator=(const progress_display&) = delete;

private:
  using clock = std::chrono::steady_clock;

  bool shown_;
  clock::time_point start_ = clock::now();
  clock::time_point last_;
};

} // namespace towncrier::commands
