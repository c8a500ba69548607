#include "nodes/commands/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace towncrier::commands {

namespace {

constexpr std::size_t width = 30;
constexpr std::chrono::milliseconds pause{200};

} // namespace

std::string progress_line(double part, std::size_t messages, std::chrono::duration<double> elapsed) {
  part = std::clamp(part, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(part * width);
  std::string bar(filled, '=');
  if (filled < width)
    bar += '>';
  const auto rate = elapsed.count() > 0 ? static_cast<double>(messages) / elapsed.count() : 0;
  return fmt::format("[{:<{}}] {:3.0f}%  {} messages  {:.0f}/s", bar, width, part * 100, messages, rate);
}

progress_display::progress_display() : shown_(::isatty(STDERR_FILENO) != 0) {}

progress_display::~progress_display() {
  if (shown_)
    fmt::print(stderr, "\r\x1b[K");
}

void progress_display::update(double part, std::size_t messages) {
  const auto now = clock::now();
  if (!shown_ || now - last_ < pause)
    return;
  last_ = now;
  fmt::print(stderr, "\r{}\x1b[K", progress_line(part, messages, now - start_));
  std::fflush(stderr);
}

} // namespace towncrier::commands
